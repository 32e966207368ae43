/** Where classes are registered: for all users and for one, and again for 32-bit programs (Microsoft, "HKEY_CLASSES_ROOT Key"). */
export const classesPlaces: readonly string[] = [
  'Software\\Classes',
  'Software\\Classes\\Wow6432Node',
  'Software\\Wow6432Node\\Classes',
];
