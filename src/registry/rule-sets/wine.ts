/** Measured by a start of `cmd /c exit` over a fresh prefix of Wine 8, and by what differs from one host to the next. */
import type { RuleSet } from './rule-set.ts';

export const wine: RuleSet = {
  name: 'wine',
  about: 'what Wine writes by itself about the host that it runs on',
  rules: [
    // win32u, at each start: code page and resolution, and below it the fonts that the host has.
    'HKCU\\Software\\Wine\\Fonts',
    // winemenubuilder: which files of the host's menu and which associations of its desktop it has made.
    'HKCU\\Software\\Wine\\MenuFiles',
    'HKCU\\Software\\Wine\\FileOpenAssociations',
    // ndis.sys: the network adapters of the host; the key comes and goes with the driver.
    'HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion\\NetworkCards',
    // rsaenh: a random number that tells this prefix from all others.
    'HKLM\\Software\\Microsoft\\Cryptography::MachineGuid',
    'HKLM\\Software\\WOW6432Node\\Microsoft\\Cryptography::MachineGuid',
    // wineboot: the name of the host and of its domain.
    'HKLM\\System\\*ControlSet*\\Control\\ComputerName',
    'HKLM\\System\\*ControlSet*\\Services\\Tcpip\\Parameters::Hostname',
    'HKLM\\System\\*ControlSet*\\Services\\Tcpip\\Parameters::Domain',
  ],
};
