import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

// IndexedDB, and not files of the origin's own file system: a transaction is whole or has not been,
// so that a half-written checkpoint never takes the place of a whole one; a worker writes it in
// every browser; and bytes are kept as they are, where not every browser keeps blobs.
export interface Schema extends DBSchema {
  runs: { key: string; value: unknown };
  checkpoints: { key: string; value: unknown };
  writings: { key: string; value: unknown };
  earlier: { key: string; value: unknown }; // since version 2
}

export type Database = IDBPDatabase<Schema>;

export const DATABASE = 'clearformer';
export const VERSION = 2;

export const stores = ['runs', 'checkpoints', 'writings', 'earlier'] as const;

// `onLost` is called when the connection can no longer be used.
export async function openDatabase(onLost: () => void): Promise<Database> {
  const database = await openDB<Schema>(DATABASE, VERSION, {
    upgrade: (database) => {
      const { objectStoreNames: there } = database;
      for (const store of stores) if (!there.contains(store)) database.createObjectStore(store);
    },
    // A newer page in another tab, or one that clears all, goes first.
    blocking: () => {
      database.close();
      onLost();
    },
    terminated: onLost,
  });
  return database;
}
