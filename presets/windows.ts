/** Windows applications: what Explorer and the installer leave behind is no part of them. */
import { machineVariableNames } from '../src/layer/variables.ts';
import type { Family } from './family.ts';

export const windows: Family = {
  name: 'windows',
  excludes: [
    // Written by Explorer when someone looks into the folder.
    'Thumbs.db',
    'ehthumbs.db',
    'desktop.ini',
    '$RECYCLE.BIN',
    'System Volume Information',
    // Lock files of open documents.
    '~$*',
  ],
  volatile: [
    // Most-recently-used lists, window places and folder views of Explorer.
    'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs',
    'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\UserAssist',
    'HKCU\\Software\\Microsoft\\Windows\\Shell\\BagMRU',
    'HKCU\\Software\\Microsoft\\Windows\\Shell\\Bags',
    // Renames that wait for the next start of the machine.
    'HKLM\\System\\CurrentControlSet\\Control\\Session Manager::PendingFileRenameOperations',
    // When and from where it was installed.
    'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\*::InstallDate',
    'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\*::InstallSource',
  ],
  variables: machineVariableNames,
};
