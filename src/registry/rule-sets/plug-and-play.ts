/** The devices of one machine. `*ControlSet*` means CurrentControlSet and, in hives on disk, ControlSet001 and so on. */
import type { RuleSet } from './rule-set.ts';

export const plugAndPlay: RuleSet = {
  name: 'plug-and-play',
  about: 'the devices of one machine and what their drivers note about them',
  rules: [
    // The plug-and-play manager: every device that was ever seen, and its interfaces and containers.
    'HKLM\\System\\*ControlSet*\\Enum',
    'HKLM\\System\\*ControlSet*\\Control\\DeviceClasses',
    'HKLM\\System\\*ControlSet*\\Control\\DeviceContainers',
    'HKLM\\System\\*ControlSet*\\Hardware Profiles',
    // The same: the devices that a driver serves, and those of a class with the driver's date (DriverDateData).
    'HKLM\\System\\*ControlSet*\\Services\\*\\Enum',
    'HKLM\\System\\*ControlSet*\\Control\\Class\\*\\0*',
    // Wine's win32u: display adapters and monitors, made anew when a desktop starts, also the names of the two classes.
    'HKLM\\System\\*ControlSet*\\Control\\Class\\{4D36E968-E325-11CE-BFC1-08002BE10318}',
    'HKLM\\System\\*ControlSet*\\Control\\Class\\{4D36E96E-E325-11CE-BFC1-08002BE10318}',
    // The display drivers: adapters, and the modes of each.
    'HKLM\\System\\*ControlSet*\\Control\\Video',
    'HKLM\\System\\*ControlSet*\\Control\\GraphicsDrivers',
    // The kernel, at each start; Windows never writes it to a file.
    'HKLM\\Hardware',
    // The mount manager: volumes and their letters.
    'HKLM\\System\\MountedDevices',
    // Explorer: volumes and shares that this user has seen.
    'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\MountPoints2',
  ],
};
