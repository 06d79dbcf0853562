import { describe, expect, it } from 'vitest';
import { droppedFiles } from '../../../../web/src/ui/drop-target/dropped-files';

const fileEntry = (name: string) => ({
  isFile: true,
  isDirectory: false,
  file: (take: (file: File) => void) => take(new File([name], name)),
});
// A folder whose reader gives two entries at a time, as browsers give a hundred.
function folderEntry(entries: readonly object[]) {
  let next = 0;
  const readEntries = (take: (some: readonly object[]) => void) =>
    take(entries.slice(next, (next += 2)));
  return { isFile: false, isDirectory: true, createReader: () => ({ readEntries }) };
}
const transfer = (entries: readonly (object | null)[], files: readonly File[] = []) =>
  ({ files, items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })) }) as never;
const names = async (dropped: never) => (await droppedFiles(dropped)).map(({ name }) => name);

describe('what is dropped', () => {
  it('is files as they are', async () => {
    const files = [new File(['a'], 'a.txt'), new File(['b'], 'b.txt')];
    expect(await droppedFiles(transfer([fileEntry('a.txt'), fileEntry('b.txt')], files))).toEqual(
      files,
    );
    expect(await names(transfer([null], files))).toEqual(['a.txt', 'b.txt']);
    expect(await droppedFiles(null)).toEqual([]);
  });

  it('is a folder’s files, all of them, and none of the folders in it', async () => {
    const inside = ['1', '2', '3', '4', '5'].map(fileEntry);
    const folder = folderEntry([
      ...inside.slice(0, 3),
      folderEntry([fileEntry('deep')]),
      ...inside.slice(3),
    ]);
    expect(await names(transfer([folder, fileEntry('more.txt')]))).toEqual([
      ...['1', '2', '3', '4', '5'],
      'more.txt',
    ]);
  });
});
