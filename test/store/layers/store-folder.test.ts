import { expect } from 'chai';
import { join } from 'node:path';
import { usualStore } from '../../../src/store/layers/store-folder.ts';

describe('the usual store', () => {
  const home = join('/', 'home', 'ann');
  const cases: readonly [NodeJS.Platform, Record<string, string>, string][] = [
    ['linux', {}, join(home, '.local', 'share', 'vpa', 'layers')],
    ['linux', { XDG_DATA_HOME: '/data' }, join('/data', 'vpa', 'layers')],
    ['linux', { XDG_DATA_HOME: 'relative' }, join(home, '.local', 'share', 'vpa', 'layers')],
    ['linux', { VPA_STORE: '/srv/layers', XDG_DATA_HOME: '/data' }, '/srv/layers'],
    ['darwin', { XDG_DATA_HOME: '/data' }, join(home, 'Library', 'Application Support', 'vpa', 'layers')],
    ['win32', { LOCALAPPDATA: 'C:\\Local' }, join('C:\\Local', 'vpa', 'layers')],
    ['win32', {}, join(home, 'AppData', 'Local', 'vpa', 'layers')],
  ];
  for (const [platform, environment, wanted] of cases) {
    it(`is ${wanted} on ${platform} with ${JSON.stringify(environment)}`, () => {
      expect(usualStore({ platform, environment, home })).to.equal(wanted);
    });
  }
});
