// What can go wrong with keeping runs, in the words in which the page tells it.
export type StorageProblemKind = 'denied' | 'full' | 'newer' | 'large' | 'failed';

export interface StorageProblem {
  readonly kind: StorageProblemKind;
  readonly message: string;
}

const sentences: Readonly<Record<StorageProblemKind, string>> = {
  denied:
    'This browser lets the page keep nothing, so a run is gone with its tab. Save it as a file.',
  full:
    'There is no room left to keep this run in the browser. Training goes on; save the run as a ' +
    'file, or delete runs from the list.',
  newer:
    'The runs in this browser were kept by a newer version of the page, which this one cannot ' +
    'read. Reload the page; until then save runs as files.',
  large:
    'This run leaves too little memory to be kept while it trains. Save it as a file before you ' +
    'close the tab.',
  failed:
    'The storage of the browser does not answer, so a run is gone with its tab. Training goes on; ' +
    'save the run as a file.',
};

export function storageProblem(kind: StorageProblemKind): StorageProblem {
  return { kind, message: sentences[kind] };
}

// Browsers tell by the name of what they throw.
const kinds: Readonly<Record<string, StorageProblemKind>> = {
  QuotaExceededError: 'full',
  VersionError: 'newer',
  SecurityError: 'denied',
  ReferenceError: 'denied', // there is no indexedDB
  InvalidStateError: 'denied', // some private windows
  NotAllowedError: 'denied',
};

export function problemOf(reason: unknown): StorageProblem {
  const name = reason instanceof Error || reason instanceof DOMException ? reason.name : '';
  return storageProblem(kinds[name] ?? 'failed');
}
