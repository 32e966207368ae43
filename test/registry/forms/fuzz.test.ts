/** Damaged registry text: it is read, or refused with a code; nothing else, and at once. `VPA_FUZZ_RUNS` says how often. */
import { expect } from 'chai';
import { isPatchError } from '../../../src/errors.ts';
import { openRegistry, writeRegistry } from '../../../src/registry/forms/forms.ts';
import { formatReg } from '../../../src/registry/text/format-reg.ts';
import { parseReg } from '../../../src/registry/text/parse-reg.ts';
import { formatWine } from '../../../src/registry/wine/format-wine.ts';
import { fromWine } from '../../../src/registry/wine/from-wine.ts';
import { parseWine } from '../../../src/registry/wine/parse-wine.ts';
import { toWine } from '../../../src/registry/wine/to-wine.ts';
import { dataFile } from '../wine/test-files.ts';

const runs = Math.max(1, Math.floor(Number(process.env['VPA_FUZZ_RUNS'] ?? '300') / 4));
const seed = Number(process.env['VPA_FUZZ_SEED'] ?? '1');

/** Numerical Recipes' generator: small, and the same everywhere. */
function generator(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const small = `Windows Registry Editor Version 5.00
[HKEY_LOCAL_MACHINE\\Software\\Größe]
@="C:\\\\Acme"
"Number"=dword:0000000a
"List"=hex(7):61,00,00,00,62,00,00,00,00,00
"Path"=hex(2):25,00,fc,00,25,00,00,00
`;
const tokens = [
  '"',
  '\\',
  '[',
  ']',
  '\n',
  '\r\n',
  '=',
  'hex:',
  'hex(7):',
  ',',
  '\\x',
  '\\0',
  '#link',
  '#time=',
  'str(2):',
  '@',
  '\0',
  '-',
  ';',
];

function damaged(data: Buffer, random: (below: number) => number): Buffer {
  const copy = Buffer.from(data);
  switch (random(4)) {
    case 0:
      return copy.subarray(0, random(copy.length + 1));
    case 1:
      for (let count = random(8); count >= 0; count--) copy[random(copy.length)] = random(256);
      return copy;
    case 2: {
      const from = random(copy.length);
      return Buffer.concat([copy.subarray(0, from), copy.subarray(from + random(200))]);
    }
    default: {
      const at = random(copy.length);
      const token = Buffer.from(tokens[random(tokens.length)] ?? '', random(2) === 0 ? 'latin1' : 'utf16le');
      return Buffer.concat([copy.subarray(0, at), token, copy.subarray(at)]);
    }
  }
}

/** Runs it; what it throws must be ours. */
function tolerated(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (isPatchError(error) && ['E_FORMAT', 'E_LIMIT', 'E_NAME', 'E_USAGE'].includes(error.code))
      return false;
    throw error;
  }
}

function fuzz(what: string, load: () => Buffer | null, read: (data: Buffer) => void): void {
  it(`${what}, ${runs} times`, function () {
    const data = load();
    if (data === null) return this.skip();
    let good = 0;
    for (let run = 0; run < runs; run++) {
      const broken = damaged(data, generator(seed * 1_000_003 + run));
      const start = performance.now();
      try {
        if (tolerated(() => read(broken))) good++;
      } catch (error) {
        throw new Error(`run ${run}: set VPA_FUZZ_SEED=${seed}`, { cause: error });
      }
      expect(performance.now() - start, `run ${run}`).to.be.below(20_000);
    }
    // Both happen; a reader that took all, or none, would be no reader.
    if (runs >= 75) expect(good).to.be.within(1, runs - 1);
  }).timeout(3_600_000);
}

describe('registry text, damaged', () => {
  fuzz(
    'user.reg of Wine',
    () => dataFile('wine/A/user.reg'),
    (data) => {
      const wine = parseWine(data);
      const text = formatWine(toWine(fromWine(wine), { previous: wine }));
      formatWine(toWine(fromWine(parseWine(text))));
    },
  );
  fuzz(
    'userdef.reg of Wine',
    () => dataFile('wine/A/userdef.reg'),
    (data) => void openRegistry(data),
  );
  fuzz(
    'weird.reg',
    () => dataFile('wine/reg/weird.reg'),
    (data) => {
      const registry = parseReg(data);
      // What was read can be written, and is then the same.
      const text = formatReg(registry);
      expect(Buffer.compare(formatReg(parseReg(text)), text)).to.equal(0);
    },
  );
  fuzz(
    'hkcu.reg',
    () => dataFile('wine/reg/hkcu.reg'),
    (data) => void openRegistry(data),
  );
  for (const form of ['reg4', 'json', 'wine'] as const) {
    fuzz(
      `a small registry as ${form}`,
      () => Buffer.from(writeRegistry(parseReg(Buffer.from(small)), form)),
      (data) => void openRegistry(data, { root: 'machine' }),
    );
  }
});
