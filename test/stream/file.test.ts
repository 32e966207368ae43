import { expect } from 'chai';
import { entryName } from '../../src/layer/name.ts';
import { contentsOf, streamedFile, streamOf } from '../../src/stream/file.ts';

const name = entryName('AppRoot/a');
const after = { type: 'file', size: 6, digest: `sha256:${'0'.repeat(64)}` } as const;
const change = { kind: 'add', name, before: null, after, encoding: [], payload: 0 } as const;

async function* pieces(ended: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield Buffer.from('abc');
    yield Buffer.from('def');
  } finally {
    ended();
  }
}

describe('streamedFile', () => {
  it('gives its contents once, and says so the second time', async () => {
    const file = streamedFile(
      change,
      pieces(() => undefined),
    );
    expect(Buffer.from(await contentsOf(file)).toString()).to.equal('abcdef');
    const again = await contentsOf(file).catch((error: unknown) => error);
    expect(again).to.include({ code: 'E_STAGE', entry: name });
  });

  it('is a stream for whoever knows vinyl only', async () => {
    const file = streamedFile(
      change,
      pieces(() => undefined),
    );
    let text = '';
    if (file.isStream()) for await (const piece of file.contents) text += String(piece);
    expect(text).to.equal('abcdef');
  });

  it('ends what makes it when nobody reads on', async () => {
    let ended = false;
    const file = streamedFile(
      change,
      pieces(() => (ended = true)),
    );
    for await (const piece of streamOf(file)) {
      expect(piece.length).to.equal(3);
      break;
    }
    expect(ended).to.equal(true);
  });
});
