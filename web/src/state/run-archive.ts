import { signal } from '@preact/signals';
import type { ArchivedRun } from '../storage/archive';
import { summarise } from '../storage/checkpoint';
import { problemOf } from '../storage/problem';
import { MOST_RUNS, type RunLibrary } from './run-library';

// With what packs and unpacks, which few visits need.
const archives = () => import('../storage/archive');

export const ARCHIVE_NAME = 'clearformer-runs.zip';

// All kept runs into one file, and out of one.
export class RunArchive {
  readonly busy = signal<string | null>(null);
  readonly outcome = signal<string | null>(null); // what came of it

  constructor(private readonly library: RunLibrary) {}

  async export(): Promise<Blob | null> {
    return this.working('Packing the runs', async () => {
      const records = this.library.runs.value;
      const index = await Promise.all(
        records.map(async ({ id, name, text, forkedFrom }) => {
          return { id, name, text, forkedFrom, writings: await this.library.writings(id) };
        }),
      );
      const { writeArchive } = await archives();
      return writeArchive(index, this.files(records.map(({ id }) => id)));
    });
  }

  async import(archive: Blob): Promise<void> {
    await this.working('Unpacking the runs', async () => {
      const counts = { taken: 0, known: 0, strange: 0, tooMany: 0 };
      const { readArchive } = await archives();
      try {
        await readArchive(archive, async (run) => void counts[await this.take(run)]++);
      } finally {
        this.outcome.value = outcomeOf(counts);
      }
    });
  }

  private async take({ about, file }: ArchivedRun): Promise<keyof Counts> {
    const summary = summarise(file);
    if (!summary) return 'strange';
    const before = this.library.find(about.id);
    if (before?.kept.step === summary.step && before.deletedAt === null) return 'known';
    if (this.library.full.value) return 'tooMany';
    const kept = { ...summary, at: Date.now(), bytes: file.length, training: false };
    const { writings, ...beginning } = about;
    const id = await this.library.import(beginning, kept, file);
    await this.library.keepWritings(id, writings);
    return 'taken';
  }

  private async *files(ids: readonly string[]) {
    for (const id of ids) {
      const file = await this.library.checkpoint(id);
      if (file) yield { id, file };
    }
  }

  private async working<T>(what: string, work: () => Promise<T>): Promise<T | null> {
    this.outcome.value = null;
    this.busy.value = what;
    try {
      return await work();
    } catch (reason) {
      const { ArchiveError } = await archives();
      const why = reason instanceof ArchiveError ? reason.message : problemOf(reason).message;
      this.outcome.value = [this.outcome.value, why].filter(Boolean).join(' ');
      return null;
    } finally {
      this.busy.value = null;
    }
  }
}

type Counts = Record<'taken' | 'known' | 'strange' | 'tooMany', number>;

function outcomeOf({ taken, known, strange, tooMany }: Counts): string {
  const words = [
    taken > 0 && `${runs(taken)} imported.`,
    known > 0 && `${runs(known)} here already.`,
    strange > 0 && `${runs(strange)} left out: no run of Clearformer.`,
    tooMany > 0 && `${runs(tooMany)} left out: no more than ${MOST_RUNS} are kept.`,
  ];
  return words.filter(Boolean).join(' ');
}

function runs(count: number): string {
  return count === 1 ? '1 run was' : `${count} runs were`;
}
