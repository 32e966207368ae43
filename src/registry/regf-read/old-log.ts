/** Transaction logs of the old format (before Windows 8.1): one set of dirty pages and a bitmap of where they belong. */
import { dirtyPageSize, type DirtyPage, type Log } from './log.ts';

/** The pages of the log, or why it has none. */
export function oldLogPages(log: Log): readonly DirtyPage[] | string {
  const { data, block, number } = log;
  const sector = Math.max(1, block.clustering) * 512;
  const pageCount = block.binsSize / dirtyPageSize;
  const vectorEnd = sector + 4 + pageCount / 8;
  if (vectorEnd > data.length) return `log ${number} is too short for its dirty vector`;
  if (data.toString('latin1', sector, sector + 4) !== 'DIRT') return `log ${number} has no dirty vector`;
  const pages: DirtyPage[] = [];
  let at = Math.ceil(vectorEnd / sector) * sector;
  for (let page = 0; page < pageCount; page++) {
    if ((data.readUInt8(sector + 4 + (page >>> 3)) & (1 << (page & 7))) === 0) continue;
    if (at + dirtyPageSize > data.length)
      return `log ${number} is truncated: dirty page ${pages.length} is missing`;
    pages.push({ offset: page * dirtyPageSize, data: data.subarray(at, at + dirtyPageSize) });
    at += dirtyPageSize;
  }
  return pages;
}
