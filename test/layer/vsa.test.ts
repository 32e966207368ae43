import { expect } from 'chai';
import { ZipArchive } from 'archiver';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDirectory } from '../../src/layer/directory-layer.ts';
import type { Layer } from '../../src/layer/layer.ts';
import { openLayer } from '../../src/layer/open-layer.ts';
import { type ErrorCode } from '../../src/errors.ts';
import { parseReg } from '../../src/registry/text/parse-reg.ts';
import { layerListing, readLayer, writeLayer } from '../fixtures/layers.ts';
import { applyPatch, makePatch, refusal } from '../fixtures/patching.ts';
import { noise } from '../fixtures/random-layer.ts';
import { type Tree, file, folder, link, readTree, treeOf, withScratch } from '../fixtures/tree.ts';

const reg = Buffer.from(
  'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\Software\\Acme]\r\n"v"=dword:1\r\n',
);
const data = {
  version: '1.0',
  files: {
    AppData: treeOf({
      'a.txt': 'text',
      empty: '',
      'd/e': folder(0o700),
      'd/run': file('#!', 0o755),
      l: link('d/run'),
    }),
    ProgramFilesX64: treeOf({ big: noise(100_000, 1), 'd/\u{1f600}': 'x', '\u00e4/\u{1f600}': 'y' }),
  },
  registry: parseReg(reg),
  deleteEntries: ['AppData/hides'],
};

interface ZipOptions {
  readonly store: boolean;
  readonly folders: boolean;
}

/** Zips a tree as any program would. */
async function zipTree(tree: Tree, { store, folders }: ZipOptions): Promise<Buffer> {
  const zip = new ZipArchive(store ? { store } : {});
  const date = new Date(Date.UTC(2020, 0, 1));
  for (const [name, node] of tree) {
    if (node.type === 'link') zip.symlink(name, node.to, 0o777);
    else if (node.type === 'file')
      zip.append(Buffer.from(node.content, 'latin1'), { name, mode: node.mode, date });
    else if (folders) zip.append('', { name: `${name}/`, mode: node.mode, date, type: 'directory' } as never);
  }
  void zip.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of zip as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function linesOf(layer: Layer, modes = true): Promise<string[]> {
  const lines: string[] = [];
  for await (const { bytes, meta, name } of layer.readOnly.entries()) {
    const { mode, ...rest } = { mode: undefined, ...meta };
    const content = bytes ? Buffer.from(await bytes.read(0, bytes.size)).toString('base64') : '';
    lines.push(JSON.stringify([name, rest, modes ? mode : null, content]));
  }
  return lines;
}

describe('VSA: a layer directory in a zip file', () => {
  for (const options of [
    { store: false, folders: true },
    { store: true, folders: true },
    { store: false, folders: false },
  ]) {
    it(`reads like the layer directory (${options.store ? 'stored' : 'deflated'}, ${options.folders ? 'with' : 'without'} folders)`, () =>
      withScratch(async (root) => {
        const [directory, vsa] = [join(root, 'layer'), join(root, 'layer.vsa')];
        // Without an entry of its own an empty folder cannot be in a zip.
        const files = {
          ...data.files,
          AppData: new Map([...data.files.AppData].filter(([name]) => options.folders || name !== 'd/e')),
        };
        writeLayer(directory, { ...data, files });
        writeFileSync(vsa, await zipTree(readTree(directory), options));
        const [one, other] = [openDirectory(directory), await openLayer(vsa)];
        expect(other.identity).to.deep.equal(one.identity);
        expect(await linesOf(other, options.folders)).to.deep.equal(await linesOf(one, options.folders));
      }));
  }

  it('makes the same patch as the directory, which applies to the directory', () =>
    withScratch(async (root) => {
      const [old, now, vsa] = [join(root, 'old'), join(root, 'now'), join(root, 'now.vsa')];
      writeLayer(old, {
        ...data,
        version: '0.9',
        files: { AppData: treeOf({ 'a.txt': 'old', gone: 'x' }) },
        registry: new Map(),
      });
      writeLayer(now, data);
      writeFileSync(vsa, await zipTree(readTree(now), { store: false, folders: true }));
      const patch = await makePatch({ base: old, target: vsa });
      expect(patch.equals(await makePatch({ base: old, target: now }))).to.equal(true);
      await applyPatch(patch, { to: old });
      expect(layerListing(readLayer(old))).to.deep.equal(layerListing(readLayer(now)));
    }));

  const description = { 'layer.json': JSON.stringify({ format: 1, id: 'x', name: 'X', version: '1' }) };
  const hostile: Readonly<Record<string, [ErrorCode, () => Promise<Uint8Array>]>> = {
    'that is no zip': ['E_FORMAT', async () => Buffer.from('not a zip at all')],
    'that is empty': ['E_FORMAT', async () => Buffer.alloc(0)],
    'that is cut off': ['E_FORMAT', async () => (await zipOf(description)).subarray(0, -10)],
    'without layer.json': ['E_FORMAT', () => zipOf({ 'read-only/files/AppData/a': 'x' })],
    'with a layer.json that is no JSON': ['E_FORMAT', () => zipOf({ 'layer.json': '{' })],
    'with a layer.json of another format': [
      'E_FORMAT',
      () => zipOf({ 'layer.json': '{"format":2,"id":"x","name":"","version":""}' }),
    ],
    'with a name that a patch cannot have': [
      'E_NAME',
      () => zipOf({ ...description, 'read-only/files/AppData/con': 'x' }),
    ],
    'with files outside of a variable': [
      'E_NAME',
      () => zipOf({ ...description, 'read-only/files/1x/a': 'x' }),
    ],
    'with a name twice': [
      'E_FORMAT',
      async () =>
        patched(
          await zipOf({ ...description, 'read-only/files/V/a': '1', 'read-only/files/V/b': '2' }),
          'files/V/b',
          'files/V/a',
        ),
    ],
    'with .. in a name': [
      'E_FORMAT',
      async () => patched(await zipOf({ ...description, 'read-only/files/V/ab/a': '1' }), 'V/ab/a', 'V/../a'),
    ],
    'with an absolute name': [
      'E_FORMAT',
      async () =>
        patched(
          await zipOf({ ...description, 'read-only/files/V/a': '1' }),
          'read-only/files/V/a',
          '/ead-only/files/V/a',
        ),
    ],
    'with damaged content': [
      'E_FORMAT',
      async () =>
        patched(await zipOf({ ...description, 'read-only/files/V/a': 'content' }), 'content', 'contenT'),
    ],
    'with a damaged layer.json': [
      'E_FORMAT',
      async () => patched(await zipOf(description), '"id":"x"', '"id":"y"'),
    ],
    'with a link that leads out': [
      'E_NAME',
      () =>
        zipTree(treeOf({ 'read-only/files/V/l': link('../../x'), 'layer.json': description['layer.json'] }), {
          store: true,
          folders: false,
        }),
    ],
  };
  for (const [title, [code, make]] of Object.entries(hostile)) {
    it(`refuses one ${title}: ${code}`, () =>
      withScratch(async (root) => {
        const path = join(root, 'x.vsa');
        writeFileSync(path, await make());
        await refusal(async () => linesOf(await openLayer(path)), code);
      }));
  }

  it('that is missing: E_INPUT', () =>
    withScratch((root) => refusal(() => openLayer(join(root, 'none.vsa')), 'E_INPUT')));

  it('is only read', () =>
    withScratch(async (root) => {
      const path = join(root, 'x.vsa');
      const bytes = await zipOf({ ...description, 'read-only/files/V/a': 'x' });
      writeFileSync(path, bytes);
      await linesOf(await openLayer(path));
      expect(readFileSync(path).equals(bytes)).to.equal(true);
    }));
});

function zipOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  return zipTree(new Map(Object.entries(files).map(([name, text]) => [name, file(text)])), {
    store: true,
    folders: false,
  });
}

/** Replaces a text everywhere by another of the same length. */
function patched(zip: Buffer, from: string, to: string): Buffer {
  if (from.length !== to.length) throw new Error('another length');
  return Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1');
}
