import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

// IndexedDB, and not files of the origin's own file system: a transaction is whole or has not been,
// so that a half-written checkpoint never takes the place of a whole one; a worker writes it in
// every browser; and bytes are kept as they are, where not every browser keeps blobs.
export interface Schema extends DBSchema {
  runs: { key: string; value: unknown };
  checkpoints: { key: string; value: unknown };
  writings: { key: string; value: unknown };
}

export type Database = IDBPDatabase<Schema>;

export const DATABASE = 'clearformer';
export const VERSION = 1;

export const stores = ['runs', 'checkpoints', 'writings'] as const;

// `onLost` is called when the connection can no longer be used.
export async function openDatabase(onLost: () => void): Promise<Database> {
  const database = await openDB<Schema>(DATABASE, VERSION, {
    upgrade: (fresh) => stores.forEach((store) => fresh.createObjectStore(store)),
    // A newer page in another tab, or one that clears all, goes first.
    blocking: () => {
      database.close();
      onLost();
    },
    terminated: onLost,
  });
  return database;
}
