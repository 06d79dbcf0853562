// The project's own source files.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

/** Paths, from the root, of the files under `folders` whose names end in one of `endings`. */
export function filesUnder(folders, endings) {
  return folders
    .flatMap((folder) => {
      if (!existsSync(join(root, folder))) return [];
      return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
    })
    .sort();
}

/** Every C++ file that is ours. */
export const cppFiles = () => filesUnder(['engine', 'tests'], ['.cpp', '.h']);
