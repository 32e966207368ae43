import { expect } from 'chai';
import { PatchError } from '../../src/errors.ts';
import { instant, wholeNumber } from '../../src/cli/common-options.ts';
import { printable } from '../../src/cli/printable.ts';
import { progressDisplay } from '../../src/cli/progress-display.ts';
import { progressLine } from '../../src/cli/progress-line.ts';
import { describeCounts, noCounts } from '../../src/cli/registry-counts.ts';
import { asPatchError, errorText } from '../../src/cli/report-error.ts';
import { table } from '../../src/cli/table.ts';
import { counted, formatCount, formatDuration, formatShare, formatSize } from '../../src/cli/units.ts';

describe('cli: text', () => {
  it('writes sizes, counts and shares', () => {
    const sizes = [0, 999, 1000, 4249, 999_949, 999_950, 21_900_000, 3_000_000_000_000_000].map(formatSize);
    expect(sizes).to.deep.equal([
      '0 B',
      '999 B',
      '1.0 kB',
      '4.2 kB',
      '999.9 kB',
      '1.0 MB',
      '21.9 MB',
      '3000.0 TB',
    ]);
    expect([0, 999, 1000, 1234567].map(formatCount)).to.deep.equal(['0', '999', '1,000', '1,234,567']);
    expect([counted(1, 'entry', 'entries'), counted(2, 'frame')]).to.deep.equal(['1 entry', '2 frames']);
    const shares = [
      formatShare(42, 1000),
      formatShare(1, 10_000),
      formatShare(0, 5),
      formatShare(5, 0),
      formatShare(0, 0),
    ];
    expect(shares).to.deep.equal(['4.2 %', '< 0.1 %', '0.0 %', 'all', '0.0 %']);
  });

  it('writes out what would steer a terminal', () => {
    expect(printable('a\u001b[2Jb\u202ec\n')).to.equal('a\\u{1b}[2Jb\\u{202e}c\\u{a}');
  });

  it('aligns columns', () => {
    const rows = [
      ['a', '1', 'x'],
      ['long', '22', ''],
    ];
    expect(table(rows, { right: [1] })).to.deep.equal(['  a      1  x', '  long  22']);
  });

  it('describes what happened to a registry', () => {
    expect(describeCounts(noCounts)).to.equal('');
    const counts = { keys: { added: 1, removed: 2, changed: 0 }, values: { ...noCounts.values, changed: 3 } };
    expect(describeCounts(counts)).to.equal('keys 1 added, 2 removed; values 3 changed');
  });

  it('fits progress into a line', () => {
    const progress = {
      stage: 'apply',
      done: 5,
      total: 10,
      unit: 'entries',
      label: 'AppRoot/some/file',
    } as const;
    const slow = { rate: 5, remaining: 1 };
    expect(progressLine(progress, slow, 80)).to.equal(
      'apply         ██████████░░░░░░░░░░   50 %  5/10  5/s  1 s left  …Root/some/file',
    );
    // The bar goes first, then the rate; how far it is and how long it takes stay.
    expect(progressLine(progress, slow, 60)).to.equal(
      'apply          50 %  5/10  5/s  1 s left  AppRoot/some/file',
    );
    expect(progressLine(progress, slow, 41)).to.equal('apply          50 %  5/10  5/s  1 s left');
    expect(progressLine(progress, slow, 36)).to.equal('apply          50 %  5/10  1 s left');
    expect(progressLine(progress, { rate: null, remaining: null }, 20)).to.have.length(19);
    for (let columns = 1; columns < 120; columns++)
      expect(progressLine(progress, slow, columns).length).to.be.below(columns);
    const bytes = { ...progress, stage: 'compress', done: 4_200_000, total: null, unit: 'bytes' } as const;
    expect(progressLine(bytes, { rate: 2_100_000, remaining: null }, 80)).to.equal(
      'compress      4.2 MB  2.1 MB/s  AppRoot/some/file',
    );
    expect(progressLine({ ...progress, done: 9999, total: 10_000 }, slow, 80)).to.contain(' 99 %');
  });

  it('writes how long something takes', () => {
    const texts = [0, 7.2, 59.5, 61, 83, 598, 3599, 7500].map(formatDuration);
    expect(texts).to.deep.equal([
      ...['0 s', '8 s', '60 s', '1 min 0 s', '1 min 20 s', '10 min', '1 h 0 min', '2 h 5 min'],
    ]);
  });

  it('holds lines of progress back, but never the last one', () => {
    let written = '';
    const display = progressDisplay('json', { write: (text) => (written += text) });
    for (let done = 1; done <= 1000; done++)
      display.show({ stage: 's', done, total: 1000, unit: 'entries', label: '' });
    display.stop();
    const lines = written.trimEnd().split('\n');
    expect(lines.length).to.be.below(20);
    expect(JSON.parse(lines.at(-1) ?? '')).to.include({ done: 1000 });
  });

  it('reads numbers and instants', () => {
    expect(wholeNumber(1)('12')).to.equal(12);
    for (const text of ['0', '-1', '1.5', '', 'x']) expect(() => wholeNumber(1)(text)).to.throw('at least 1');
    expect(instant('2030-01-31')).to.equal('2030-01-31T00:00:00Z');
    expect(instant('2030-01-31T12:00:00.5Z')).to.equal('2030-01-31T12:00:00.500Z');
    for (const text of ['2030-02-30', '2030-01-31T12:00:00', 'soon'])
      expect(() => instant(text)).to.throw('in UTC');
  });

  it('writes errors with their details and what to do', () => {
    const error = new PatchError('E_BASE_MISMATCH', 'it differs', {
      details: ['a: is missing'],
      help: 'get another',
    });
    expect(errorText(error)).to.equal(
      'vpa: it differs [E_BASE_MISMATCH]\n  a: is missing\nhelp: get another\n',
    );
    const defect = asPatchError(new TypeError('x is not a function'));
    expect(defect.code).to.equal('E_ENVIRONMENT');
    expect(errorText(defect))
      .to.contain('unexpected error: x is not a function')
      .and.to.contain('please report it');
  });
});
