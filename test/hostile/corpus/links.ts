/** Links in a patch that lead out of their folder (FORMAT §3.2), and files behind links of the same patch. */
import { add, addMeta, sorted } from '../archive.ts';
import type { Hostile } from './hostile.ts';

const bad = (name: string, says: RegExp, to: string, at = 'AppRoot/dir/link'): Hostile => ({
  name: `a link ${name}`,
  code: 'E_NAME',
  says,
  twist: { pieces: () => [addMeta(at, { type: 'link', to })] },
});

export const links: readonly Hostile[] = [
  bad('from the root', /absolute/, '/etc/passwd'),
  bad('up out of its variable', /leads out/, '../../outside'),
  bad('up from the top', /leads out/, '../app.reg', 'AppRoot/link'),
  bad('up again behind a name', /goes up again/, 'a/../../../outside'),
  bad('up behind blanks of a path', /leads out/, './/.././../outside'),
  bad('to a drive', /names a drive/, 'C:/Windows'),
  bad('with backslashes', /backslash/, '..\\..\\outside'),
  bad('to nothing', /is empty/, ''),
  bad('with NUL', /NUL/, 'a\0b'),
  bad('longer than it may be', /longer than 4096/, 'a/'.repeat(2100)),
  bad("in place of a variable's folder", /variable's folder/, 'x', 'AppRoot'),
  {
    name: 'a file below a link of the same patch',
    code: 'E_FORMAT',
    says: /is no folder after the patch/,
    twist: { pieces: () => [addMeta('AppRoot/way', { type: 'link', to: 'dir' }), add('AppRoot/way/evil')] },
  },
  {
    name: 'a file below a link of the same patch, with names between them',
    code: 'E_FORMAT',
    says: /is no folder after the patch/,
    twist: {
      pieces: () =>
        sorted([
          addMeta('AppRoot/way', { type: 'link', to: 'dir' }),
          add('AppRoot/way!'),
          add('AppRoot/way-x/y'),
          add('AppRoot/way/a/evil'),
        ]),
    },
  },
];
