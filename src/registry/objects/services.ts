/** Windows services and drivers (Microsoft, "HKLM\SYSTEM\CurrentControlSet\Services Registry Tree"). */
import { text, type View, word } from './view.ts';

const starts = { 0: 'boot', 1: 'system', 2: 'automatic', 3: 'manual', 4: 'disabled' };

// winsvc.h; 0x100 is SERVICE_INTERACTIVE_PROCESS.
const types = {
  0x1: 'kernel driver',
  0x2: 'file system driver',
  0x4: 'adapter',
  0x8: 'file system recognizer',
  0x10: 'own process',
  0x20: 'shared process',
  0x50: 'own process for each user',
  0x60: 'shared process for each user',
  0x110: 'own process, interactive',
  0x120: 'shared process, interactive',
};

export const services: View = {
  kind: 'service',
  each: 'key',
  scopes: ['machine'],
  places: ['System\\CurrentControlSet\\Services\\*', 'System\\ControlSet0*\\Services\\*'],
  fields: {
    'display name': text('DisplayName'),
    start: word('Start', starts),
    delayed: word('DelayedAutostart', { 0: 'no', 1: 'yes' }),
    type: word('Type', types),
    image: text('ImagePath'),
    library: text('ServiceDll', 'Parameters'),
    account: text('ObjectName'),
    'depends on': text('DependOnService'),
  },
};
