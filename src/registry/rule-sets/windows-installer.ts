/** What installers note about the run itself: when, from where, by whom, and what has to wait for a restart. */
import type { RuleSet } from './rule-set.ts';

/** Where the list of installed programs is: of the machine, of its 32-bit programs, of the user. */
const uninstall = [
  'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\*',
  'HKLM\\Software\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\*',
  'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\*',
] as const;
const userData = 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\*';

export const windowsInstaller: RuleSet = {
  name: 'windows-installer',
  about: 'what installers note about the run itself',
  rules: [
    // MoveFileEx, by any installer: renames that wait for the next start of the machine.
    'HKLM\\System\\*ControlSet*\\Control\\Session Manager::PendingFileRenameOperations',
    'HKLM\\System\\*ControlSet*\\Control\\Session Manager::PendingFileRenameOperations2',
    // Windows Installer and most others: the day, and the folder that the setup was started in.
    ...uninstall.map((key) => `${key}::InstallDate`),
    ...uninstall.map((key) => `${key}::InstallSource`),
    // Inno Setup: who ran it.
    ...uninstall.map((key) => `${key}::Inno Setup: User`),
    // Windows Installer: the same, and the random name of its copy of the package in C:\Windows\Installer.
    `${userData}\\Products\\*\\InstallProperties::InstallDate`,
    `${userData}\\Products\\*\\InstallProperties::InstallSource`,
    `${userData}\\Products\\*\\InstallProperties::LocalPackage`,
    `${userData}\\Patches\\*::LocalPackage`,
    // Windows Installer: how often a feature was used.
    `${userData}\\Products\\*\\Usage`,
    // Windows Installer: where it looks for the package again.
    'HKLM\\Software\\Classes\\Installer\\Products\\*\\SourceList::LastUsedSource',
    'HKLM\\Software\\Classes\\Installer\\Products\\*\\SourceList\\Net',
    'HKLM\\Software\\Classes\\Installer\\Products\\*\\SourceList\\URL',
    'HKCU\\Software\\Microsoft\\Installer\\Products\\*\\SourceList::LastUsedSource',
    'HKCU\\Software\\Microsoft\\Installer\\Products\\*\\SourceList\\Net',
    'HKCU\\Software\\Microsoft\\Installer\\Products\\*\\SourceList\\URL',
    // Windows Installer: an installation that is under way, and how to undo it.
    'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\InProgress',
    'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\Rollback',
    // Restart Manager: programs that it closed for an installer.
    'HKCU\\Software\\Microsoft\\RestartManager',
  ],
};
