/** COM classes and what serves them (Microsoft, "CLSID Key"). */
import { classesPlaces } from './classes.ts';
import { text, type View } from './view.ts';

export const comServers: View = {
  kind: 'com-server',
  each: 'key',
  scopes: ['machine', 'user'],
  places: classesPlaces.map((place) => `${place}\\CLSID\\{*}`),
  fields: {
    name: text(''),
    library: text('', 'InprocServer32'),
    'threading model': text('ThreadingModel', 'InprocServer32'),
    program: text('', 'LocalServer32'),
    'program id': text('', 'ProgID'),
    'application id': text('AppID'),
  },
};
