// What decides whether a page that came without isolation headers is loaded again, through the
// service worker, which adds them.
export interface Standing {
  readonly isolated: boolean;
  readonly framed: boolean; // only the page around could allow it threads
  readonly untouched: boolean; // nothing was pressed, nothing runs: a reload loses nothing
  readonly triedBefore: boolean | null; // in this tab; null where that cannot be remembered
}

export function shouldReload({ isolated, framed, untouched, triedBefore }: Standing): boolean {
  return !isolated && !framed && untouched && triedBefore === false;
}

const KEY = 'isolation-tried';

// The guard against a page that reloads for ever: one try a tab, until it succeeds.
export class OneTry {
  constructor(private readonly storage: () => Storage) {}

  read(): boolean | null {
    try {
      return this.storage().getItem(KEY) !== null;
    } catch {
      return null;
    }
  }

  // Whether it will be remembered.
  mark(): boolean {
    try {
      this.storage().setItem(KEY, 'yes');
      return true;
    } catch {
      return false;
    }
  }

  clear(): void {
    try {
      this.storage().removeItem(KEY);
    } catch {
      // Then it was never marked.
    }
  }
}
