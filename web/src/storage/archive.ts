// All kept runs as one file: a zip of the runs' own files, with an index before them. What is read
// may be anybody's: sizes are counted as they come, and nothing is believed of a run but what its
// own file says.
import { Unzip, UnzipInflate, Zip, ZipPassThrough, type UnzipFile } from 'fflate';
import { readWritings, type KeptWriting } from './kept-writing';
import { readFields, readLine, type Fields } from './read-value';
import { MOST_NAME, readOrigin, readTextName, type RunRecord } from './run-record';

export interface ArchivedRun {
  readonly about: ArchivedAbout;
  readonly file: Uint8Array<ArrayBuffer>;
}

export interface ArchivedAbout extends Pick<RunRecord, 'id' | 'name' | 'text' | 'forkedFrom'> {
  readonly writings: readonly KeptWriting[];
}

export const ARCHIVE_INDEX = 'index.json'; // the first of its files
const VERSION = 1;
const RUN_FILE = /^(?:.*\/)?runs\/([0-9a-f]{1,64})\.safetensors$/;
export const MOST_ARCHIVED = 1000; // runs
const MOST_INDEX_BYTES = 64_000_000;
const MOST_RUN_BYTES = 2 ** 31;

// `files` come in the order of `index`, one at a time: no more than one is in memory.
export async function writeArchive(
  index: readonly ArchivedAbout[],
  files: AsyncIterable<{ readonly id: string; readonly file: Uint8Array }>,
): Promise<Blob> {
  const parts: Blob[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    parts.push(new Blob([chunk]));
  });
  const add = (name: string, bytes: Uint8Array) => {
    const entry = new ZipPassThrough(name); // weights do not compress
    zip.add(entry);
    entry.push(bytes, true);
  };
  const words = JSON.stringify({ clearformer: 'runs', version: VERSION, runs: index });
  add(ARCHIVE_INDEX, new TextEncoder().encode(words));
  for await (const { id, file } of files) add(`runs/${id}.safetensors`, file);
  zip.end();
  return new Blob(parts, { type: 'application/zip' });
}

const DAMAGED = 'The archive is damaged or was cut short; the runs before the damage are here.';

export class ArchiveError extends Error {}

// Calls `take` with each run as soon as it is whole. Rejects with an ArchiveError where the bytes
// are no archive of runs.
export async function readArchive(
  archive: Blob,
  take: (run: ArchivedRun) => Promise<void>,
): Promise<void> {
  const reader = new ArchiveReader();
  const chunks = archive.stream().getReader();
  for (;;) {
    const { value, done } = await chunks.read();
    for (const run of reader.push(value ?? new Uint8Array(), done)) await take(run);
    if (done) break;
  }
  reader.finish();
}

class ArchiveReader {
  private readonly unzip = new Unzip((file) => this.begin(file));
  private readonly whole: ArchivedRun[] = [];
  private about: ReadonlyMap<string, ArchivedAbout> | null = null;
  private entries = 0;
  private unfinished = 0;

  constructor() {
    this.unzip.register(UnzipInflate);
  }

  // The runs that these bytes complete.
  push(bytes: Uint8Array, final: boolean): ArchivedRun[] {
    try {
      this.unzip.push(bytes, final);
    } catch (reason) {
      if (reason instanceof ArchiveError) throw reason;
      throw new ArchiveError(DAMAGED);
    }
    return this.whole.splice(0);
  }

  finish(): void {
    if (!this.about) {
      throw new ArchiveError(
        'This is not an archive of Clearformer’s runs. Choose a file that “Export all” has made.',
      );
    }
    if (this.unfinished > 0) throw new ArchiveError(DAMAGED);
  }

  private begin(file: UnzipFile): void {
    if (++this.entries > MOST_ARCHIVED + 1) {
      throw new ArchiveError(`The archive has more than ${MOST_ARCHIVED} files.`);
    }
    const id = RUN_FILE.exec(file.name)?.[1];
    if (file.name === ARCHIVE_INDEX)
      this.collect(file, MOST_INDEX_BYTES, (bytes) => this.index(bytes));
    else if (id) this.collect(file, MOST_RUN_BYTES, (bytes) => this.complete(id, bytes));
  }

  private collect(file: UnzipFile, most: number, done: (bytes: Uint8Array<ArrayBuffer>) => void) {
    const chunks: Uint8Array[] = [];
    let size = 0;
    this.unfinished++;
    file.ondata = (error, chunk, final) => {
      if (error) throw new ArchiveError(DAMAGED);
      size += chunk.length;
      if (size > most) throw new ArchiveError(`“${file.name}” in the archive is too large.`);
      chunks.push(chunk);
      if (!final) return;
      this.unfinished--;
      done(joined(chunks, size));
    };
    file.start();
  }

  private index(bytes: Uint8Array): void {
    const fields = parse(bytes);
    if (fields?.clearformer !== 'runs' || !Array.isArray(fields.runs)) return;
    if (fields.version !== VERSION) {
      throw new ArchiveError(
        'The archive is of a newer version of Clearformer. Reload the page and try again.',
      );
    }
    const about = fields.runs.slice(0, MOST_ARCHIVED).flatMap((each) => readAbout(each) ?? []);
    this.about = new Map(about.map((each) => [each.id, each]));
  }

  private complete(id: string, file: Uint8Array<ArrayBuffer>): void {
    const about = this.about?.get(id) ?? unknown(id);
    this.whole.push({ about, file });
  }
}

function readAbout(value: unknown): ArchivedAbout | null {
  const fields = readFields(value);
  const id = readLine(fields?.id, 64);
  if (!fields || !id) return null;
  const name = readLine(fields.name, MOST_NAME) ?? unknown(id).name;
  const text = readTextName(fields.text) ?? unknown(id).text;
  const writings = readWritings(fields.writings);
  return { id, name, text, forkedFrom: readOrigin(fields.forkedFrom), writings };
}

function unknown(id: string): ArchivedAbout {
  const name = 'imported run';
  return { id, name, text: { name, corpus: null }, forkedFrom: null, writings: [] };
}

function parse(bytes: Uint8Array): Fields | null {
  try {
    return readFields(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
