/** What was used last ("most recently used"), and where windows stood. */
import type { RuleSet } from './rule-set.ts';

const explorer = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer';
const localSettings = 'HKCU\\Software\\Classes\\Local Settings';

export const mruLists: RuleSet = {
  name: 'mru-lists',
  about: 'what a user opened, typed and looked at last, and where windows stood',
  rules: [
    // Explorer: documents, programs with their counts, commands of Start/Run, typed paths, searches, mapped drives.
    `${explorer}\\RecentDocs`,
    `${explorer}\\UserAssist`,
    `${explorer}\\RunMRU`,
    `${explorer}\\TypedPaths`,
    `${explorer}\\WordWheelQuery`,
    `${explorer}\\FeatureUsage`,
    `${explorer}\\Map Network Drive MRU`,
    // Explorer: the programs that a kind of file was opened with last.
    `${explorer}\\FileExts\\*\\OpenWithList`,
    // The common dialogs: files and folders that were chosen in them.
    `${explorer}\\ComDlg32`,
    // Explorer: windows of this session, and views and places of folders.
    `${explorer}\\SessionInfo`,
    `${explorer}\\StreamMRU`,
    `${explorer}\\Streams`,
    'HKCU\\Software\\Microsoft\\Windows\\Shell\\BagMRU',
    'HKCU\\Software\\Microsoft\\Windows\\Shell\\Bags',
    `${localSettings}\\Software\\Microsoft\\Windows\\Shell\\BagMRU`,
    `${localSettings}\\Software\\Microsoft\\Windows\\Shell\\Bags`,
    // The shell: names of programs that it has looked up in their files.
    `${localSettings}\\Software\\Microsoft\\Windows\\Shell\\MuiCache`,
    `${localSettings}\\MuiCache`,
    'HKCU\\Software\\Microsoft\\Windows\\ShellNoRoam\\MUICache',
    // Explorer: shortcuts of the start menu that it has shown; the search: programs and documents that it offers.
    'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\UFH',
    'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Search\\RecentApps',
    // Regedit: the key that was open.
    'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Applets\\Regedit::LastKey',
    // The compatibility assistant: programs that ran.
    'HKCU\\Software\\Microsoft\\Windows NT\\CurrentVersion\\AppCompatFlags\\Compatibility Assistant\\Store',
    // Every program that is made with MFC (CRecentFileList).
    'HKCU\\Software\\**\\Recent File List',
  ],
};
