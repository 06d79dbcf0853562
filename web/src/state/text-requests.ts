import type { Corpus } from '../corpora/corpora';
import type { Reading } from '../text/readings';
import type { AddressState } from './address-state';
import { fileKind, readHead } from './file-kind';
import type { RunArchive } from './run-archive';
import type { RunExchange } from './run-exchange';
import type { RunFiles } from './run-files';
import { titleOf, type Text, type TextState } from './text-state';
import type { UndoState } from './undo-state';

// What a person brings: files, pasted words, addresses, a sample. A text takes the place of the
// present one, which can be had back.
export class TextRequests {
  constructor(
    private readonly text: TextState,
    private readonly address: AddressState,
    private readonly undo: UndoState,
    private readonly files: Pick<RunFiles, 'open'>, // where a file is a run
    private readonly archive: Pick<RunArchive, 'import'>, // where it has many
    private readonly exchange: Pick<RunExchange, 'take'>, // where they are another program's model
  ) {}

  async openFile(file: File): Promise<void> {
    if (await this.exchange.take([file])) return;
    const kind = fileKind(file.name, await readHead(file).catch(() => new Uint8Array()));
    if (kind === 'run') return this.files.open(file);
    if (kind === 'archive') return this.archive.import(file);
    await this.replace(() => this.text.offerFile(file));
  }

  async openFiles(files: readonly File[]): Promise<void> {
    if (files.length > 1) {
      if (await this.exchange.take(files)) return;
      await this.replace(() => this.text.offerFiles(files));
    } else if (files[0]) await this.openFile(files[0]);
  }

  useReading(reading: Reading): Promise<void> {
    return this.replace(() => this.text.offerReading(reading));
  }

  // Fetches a text; the dialog with what may be wrong stays open until it is here.
  async useAddress(entry: string): Promise<void> {
    const text = await this.address.fetch(entry);
    if (!text) return;
    this.address.open.value = false;
    await this.replace(() => this.text.offer(text));
  }

  useCorpus(corpus: Corpus, seed?: number): Promise<void> {
    return this.replace(() => this.text.offerCorpus(corpus, seed));
  }

  usePasted(words: string, name = 'pasted text'): Promise<void> {
    const bytes = new TextEncoder().encode(words);
    return this.replace(() => this.text.offer({ name, corpus: null, bytes }));
  }

  private async replace(offer: () => Promise<boolean>): Promise<void> {
    const before: Text | null = this.text.text.value;
    if (!(await offer()) || !before) return;
    const now = this.text.text.value;
    if (!now) return;
    this.undo.offer({
      label: `“${titleOf(now)}” took the place of “${titleOf(before)}”.`,
      restore: async () => void (await this.text.offer(before)),
    });
  }
}
