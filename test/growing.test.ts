/** Bytes that are read while they are made. */
import { expect } from 'chai';
import { createGrowing } from '../src/growing.ts';
import { createSpool } from '../src/spool.ts';

describe('growing bytes', () => {
  it('wait until so many are there, or no more come', async () => {
    const spool = createSpool();
    const growing = createGrowing(spool);
    const { bytes } = growing;
    const seen: string[] = [];
    const first = bytes.until?.(2).then(() => seen.push(`2 of ${bytes.size}`));
    const second = bytes.until?.(9).then(() => seen.push(`9 of ${bytes.size}`));
    spool.append(Uint8Array.of(1));
    growing.grown();
    await settled();
    expect(seen).to.deep.equal([]);
    spool.append(Uint8Array.of(2, 3));
    growing.grown();
    await first;
    expect(seen).to.deep.equal(['2 of 3']);
    growing.end();
    await second;
    expect(seen).to.deep.equal(['2 of 3', '9 of 3']);
    await bytes.until?.(100);
    expect([...(await bytes.read(1, 2))]).to.deep.equal([2, 3]);
    spool.close();
  });

  it('do not wait for what is there', async () => {
    const spool = createSpool();
    spool.append(Uint8Array.of(1, 2));
    await createGrowing(spool).bytes.until?.(2);
    spool.close();
  });

  it('tell whoever waits, now or later, why no more come', async () => {
    const spool = createSpool();
    const growing = createGrowing(spool);
    const { bytes } = growing;
    const waiting = bytes.until?.(1);
    const reason = new Error('the maker is gone');
    growing.fail(reason);
    expect(await reasonOf(waiting)).to.equal(reason);
    expect(await reasonOf(bytes.until?.(5))).to.equal(reason);
    spool.close();
  });
});

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const reasonOf = (promise: Promise<void> | undefined): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => null,
    (error: unknown) => error,
  );
