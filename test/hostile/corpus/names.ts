/** Names that lead somewhere else, or that are something else on another system (FORMAT §3.1). */
import { type Piece, add, metaOf, move, contentAt } from '../archive.ts';
import type { Hostile } from './hostile.ts';

const bad = (name: string, says: RegExp, text: string): Hostile => ({
  name: `a file named ${name}`,
  code: 'E_NAME',
  says,
  twist: { pieces: () => [add(text)] },
});

const elsewhere = (name: string, says: RegExp, piece: Piece): Hostile => ({
  name,
  code: 'E_NAME',
  says,
  twist: { pieces: () => [piece] },
});

const relative = /relative component/;
const character = /character that Windows/;
const device = /reserves for devices/;
const [dll, keep] = [metaOf(contentAt('lib/a.dll')), metaOf(contentAt('dir/keep.txt'))];

export const names: readonly Hostile[] = [
  bad('with nothing', /it is empty/, ''),
  bad('from the root', /not a variable/, '/etc/passwd'),
  bad('from the root below a variable', /empty component/, 'AppRoot//etc/passwd'),
  bad('from a share', /not a variable/, '//server/share/file'),
  bad('with a slash at its end', /empty component/, 'AppRoot/dir/'),
  bad('up from the variable', relative, 'AppRoot/../outside/secret'),
  bad('up from the start', /not a variable/, '../outside/secret'),
  bad('up from a folder', relative, 'AppRoot/dir/../../../outside/secret'),
  bad('up at the end', relative, 'AppRoot/dir/..'),
  bad('with a dot', relative, 'AppRoot/./a.txt'),
  bad('on a drive', /not a variable/, 'C:/Windows/evil.dll'),
  bad('on a drive below a variable', character, 'AppRoot/C:/Windows/evil.dll'),
  bad('with backslashes', character, 'AppRoot/..\\..\\outside\\secret'),
  bad('as a path of Windows', /not a variable/, '\\\\?\\C:\\evil.dll'),
  bad('as a device', device, 'AppRoot/nul'),
  bad('as a device with an extension', device, 'AppRoot/CON.txt'),
  bad('as a device with a raised digit', device, 'AppRoot/com¹'),
  bad('as a device in the middle', device, 'AppRoot/aux/evil.txt'),
  bad('with a dot at its end', /dot or a space/, 'AppRoot/notes.exe.'),
  bad('with a blank at its end', /dot or a space/, 'AppRoot/notes.exe '),
  bad('with three dots', /dot or a space/, 'AppRoot/.../evil.txt'),
  bad('with a line feed', character, 'AppRoot/evil\n.txt'),
  bad('with an escape', character, 'AppRoot/\u001b[2Jevil'),
  bad('as a stream of another file', character, 'AppRoot/readme.txt:evil'),
  bad('as a stream of its folder', character, 'AppRoot/x:$I30:$INDEX_ALLOCATION/evil'),
  bad('with a wildcard', character, 'AppRoot/*.txt'),
  bad('longer than a component may be', /longer than 255 bytes/, `AppRoot/${'a'.repeat(256)}`),
  bad('longer than a component may be in UTF-8', /longer than 255 bytes/, `AppRoot/${'é'.repeat(128)}`),
  bad('longer than a name may be', /longer than 32767/, `AppRoot/${'abc/'.repeat(9000)}a`),
  bad('in a variable that is none', /not a variable/, '1App/evil'),
  bad('for our work folder', /where drafts/, 'AppRoot/.vpa-work'),
  bad('for our work folder, written otherwise', /where drafts/, 'AppRoot/.VPA-Work'),
  elsewhere(
    'a move from outside',
    /relative component/,
    move('AppRoot/../outside/secret', 'AppRoot/mine', dll),
  ),
  elsewhere('a move from the root', /not a variable/, move('/etc/passwd', 'AppRoot/mine', dll)),
  elsewhere('a copy from outside', /relative component/, {
    payload: new Uint8Array(),
    change: {
      ...add('AppRoot/mine', contentAt('dir/keep.txt')).change,
      encoding: ['copy/1'],
      payload: 0,
      reference: {
        ...keep,
        name: 'AppRoot/../outside/secret' as never,
        type: undefined,
        mode: undefined,
      } as never,
    },
  }),
];
