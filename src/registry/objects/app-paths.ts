/** Programs that the shell finds by their file's name (Microsoft, "Application Registration"). */
import { text, type View } from './view.ts';

export const appPaths: View = {
  kind: 'app-path',
  each: 'key',
  scopes: ['machine', 'user'],
  places: ['Software', 'Software\\Wow6432Node'].map(
    (place) => `${place}\\Microsoft\\Windows\\CurrentVersion\\App Paths\\*`,
  ),
  fields: { program: text(''), path: text('Path') },
};
