/** What the list of installed programs shows (Microsoft, "Uninstall Registry Key"). */
import { text, type View } from './view.ts';

export const programs: View = {
  kind: 'program',
  each: 'key',
  scopes: ['machine', 'user'],
  places: ['Software', 'Software\\Wow6432Node'].map(
    (place) => `${place}\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\*`,
  ),
  title: 'display name',
  fields: {
    'display name': text('DisplayName'),
    version: text('DisplayVersion'),
    publisher: text('Publisher'),
    folder: text('InstallLocation'),
    'uninstalled by': text('UninstallString'),
  },
};
