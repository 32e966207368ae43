/** What runs when a user logs on (Microsoft, "Run and RunOnce Registry Keys"). */
import type { View } from './view.ts';

const current = ['Software\\Microsoft', 'Software\\Wow6432Node\\Microsoft'].map(
  (place) => `${place}\\Windows\\CurrentVersion`,
);

export const autostart: View = {
  kind: 'autostart',
  each: 'value',
  scopes: ['machine', 'user'],
  places: current.flatMap((place) =>
    ['Run', 'RunOnce', 'RunOnceEx\\*', 'Policies\\Explorer\\Run'].map((key) => `${place}\\${key}`),
  ),
  field: 'command',
};
