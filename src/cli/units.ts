/** Numbers as people read them. */

const units = ['kB', 'MB', 'GB', 'TB'];

/** `512 B`, `4.2 kB`, `21.9 MB`: powers of 1000, one decimal. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes / 1000;
  let unit = 0;
  // As it will be printed, so that there is never a '1000.0 kB'.
  while (Number(value.toFixed(1)) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** `1,234,567`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 entry`, `2 entries`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `4.2 %`; `< 0.1 %` for what is there, but less than that. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return part === 0 ? '0.0 %' : 'all';
  const share = (part / whole) * 100;
  return share > 0 && share < 0.05 ? '< 0.1 %' : `${share.toFixed(1)} %`;
}

/** `8 s`, `1 min 20 s`, `2 h 5 min`: the longer, the rounder. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const tens = Math.round(seconds / 10) * 10;
  if (tens < 600) return `${Math.floor(tens / 60)} min ${tens % 60} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
