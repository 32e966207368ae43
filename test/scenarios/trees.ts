/** What versions of applications do to their folders: each once, by name. */
import { noise } from '../fixtures/random-layer.ts';
import { type Node, type Tree, file, folder, link, treeOf } from '../fixtures/tree.ts';

export interface Scenario {
  readonly title: string;
  readonly base: Tree;
  readonly target: Tree;
  /** The most bytes of payload that its patch may carry; left out where that does not matter. */
  readonly payload?: number;
}

const big = noise(20_000, 1);
const other = noise(20_000, 2);

function scenario(
  title: string,
  base: Readonly<Record<string, string | Node | null>>,
  target: Readonly<Record<string, string | Node | null>>,
  payload?: number,
): Scenario {
  return { title, base: treeOf(base), target: treeOf(target), ...(payload !== undefined && { payload }) };
}

function many(under: string): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: 50 }, (_, n) => [`${under}/sub${n % 5}/file${n}`, noise(300, n)]),
  );
}

export const scenarios: readonly Scenario[] = [
  scenario('nothing becomes nothing', {}, {}, 0),
  scenario('nothing becomes something', {}, { 'a/b': 'x', empty: null, nothing: '' }),
  scenario('something becomes nothing', { 'a/b/c': 'x', d: link('a'), empty: null }, {}, 0),
  scenario('nothing changes', { 'a/b': big, c: link('a/b') }, { 'a/b': big, c: link('a/b') }, 0),
  scenario('a file becomes a folder of the same name', { thing: big }, { 'thing/inside': 'x' }),
  scenario('a folder becomes a file of the same name', { 'thing/inside/deep': 'x' }, { thing: 'now a file' }),
  scenario('a file becomes a folder that has the file', { thing: big }, { 'thing/thing': big }, 0),
  scenario(
    'a folder becomes a file that it had',
    { 'thing/thing': big, 'thing/more': 'x' },
    { thing: big },
    0,
  ),
  scenario('a folder becomes a link to where it went', { 'v1/a': big }, { 'v2/a': big, v1: link('v2') }, 0),
  scenario('a link to a folder becomes a folder', { 'd/x': 'x', l: link('d') }, { 'd/x': 'x', 'l/x': 'y' }),
  scenario(
    'a link to a folder becomes a folder with folders of the same names',
    { 'd/sub/x': 'x', l: link('d') },
    { 'd/sub/x': 'x', 'l/sub': null },
    0,
  ),
  scenario('a link becomes a file', { a: 'x', l: link('a') }, { a: 'x', l: 'was a link' }),
  scenario('a file becomes a link', { a: 'x', l: 'was a file' }, { a: 'x', l: link('a') }, 0),
  scenario('a link leads elsewhere', { a: '1', b: '2', l: link('a') }, { a: '1', b: '2', l: link('b') }, 0),
  scenario('a link leads nowhere', { l: link('a') }, { l: link('missing/away') }, 0),
  scenario('two files swap', { a: big, b: other }, { a: other, b: big }, 0),
  scenario('two folders swap', { 'a/f': big, 'b/f': other }, { 'a/f': other, 'b/f': big }, 0),
  scenario('three files go round', { a: big, b: other, c: '3' }, { b: big, c: other, a: '3' }, 0),
  scenario('a file changes its case only', { 'README.txt': big }, { 'Readme.txt': big }, 0),
  scenario('a folder changes its case only', { 'Lib/a.dll': big }, { 'lib/a.dll': big }, 0),
  scenario('a name is composed instead of decomposed', { 'a\u0308': big }, { '\u00e4': big }, 0),
  scenario('names that differ in case only', { a: '1', A: '2' }, { a: '2', A: '1', 'B/x': '1', 'b/x': '2' }),
  scenario('a file moves to the place of a removed folder', { 'old/x': '1', y: big }, { old: big }, 0),
  scenario('a folder moves to the place of a removed one', { 'a/f': '1', 'b/f': big }, { 'a/f': big }, 0),
  scenario('a file moves out of a folder that becomes a file', { 'd/x': big }, { a: big, d: 'new' }),
  scenario('a file moves out of a folder that goes', { 'd/e/x': big }, { a: big }, 0),
  scenario('a file moves, and a new one takes its name', { a: big, d: null }, { 'd/a': big, a: 'new' }, 3),
  scenario('a folder of 50 files is renamed', many('app-1.0'), many('app-1.1'), 0),
  scenario('a folder moves into another', { 'a/x': big, b: null }, { 'b/a/x': big }, 0),
  scenario('a file is copied', { a: big }, { a: big, b: big, 'c/d': big }, 0),
  scenario('a file is copied and edited', { a: big }, { a: `${big}!`, b: big }, 2000),
  scenario('a large file changes a little', { a: big }, { a: `new front ${big}` }, 2000),
  scenario('a file becomes empty', { a: big }, { a: '' }, 0),
  scenario('an empty file gets content', { a: '' }, { a: 'x' }, 1),
  scenario('a mode changes and nothing else', { a: file(big, 0o644) }, { a: file(big, 0o755) }, 0),
  scenario(
    'the mode of a folder changes',
    { d: folder(0o755), 'd/a': 'x' },
    { d: folder(0o700), 'd/a': 'x' },
    0,
  ),
  scenario('a file moves and becomes executable', { a: file(big, 0o644) }, { b: file(big, 0o755) }, 0),
  scenario('a read-only file is replaced', { a: file('old', 0o444) }, { a: file('new', 0o444) }),
  scenario('a file in a read-only folder is replaced', ...inClosed({ 'd/a': 'old' }, { 'd/a': 'new' })),
  scenario('a file leaves a read-only folder', ...inClosed({ 'd/a': big }, { a: big })),
  scenario('a file comes into a read-only folder', ...inClosed({ 'd/b': 'x' }, { 'd/a': big, 'd/b': 'x' })),
  scenario('a read-only folder goes', { d: folder(0o555), 'd/a': 'x' }, {}),
  scenario('an empty read-only folder goes', { d: folder(0o555) }, {}),
  scenario('a read-only folder becomes a file', { d: folder(0o555), 'd/a': 'x' }, { d: 'file' }),
  scenario(
    'a read-only folder comes, with things in it',
    {},
    { d: folder(0o555), 'd/e': folder(0o555), 'd/e/f': 'x' },
  ),
  scenario('an empty folder comes and another goes', { old: null }, { new: null }, 0),
  scenario('names at the limit', { ['n'.repeat(255)]: big }, { ['\u00fc'.repeat(127)]: big }, 0),
];

function inClosed(
  base: Readonly<Record<string, string>>,
  target: Readonly<Record<string, string>>,
): [Record<string, string | Node>, Record<string, string | Node>] {
  return [
    { d: folder(0o555), ...base },
    { d: folder(0o555), ...target },
  ];
}
