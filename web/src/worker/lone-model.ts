import type { EngineError, EngineSession } from '../engine/types';
import type { RunEvent } from '../protocol/to-page';
import { Writer, type Wish } from './writer';

// A model that came without its run: it writes, and is never trained.
export class LoneModel {
  readonly writer: Writer;

  constructor(
    session: EngineSession,
    runId: number,
    private readonly step: number,
    post: (event: RunEvent) => void,
  ) {
    this.writer = new Writer(session, runId, post);
  }

  get busy(): boolean {
    return this.writer.busy;
  }

  generate(wish: Wish): EngineError | null {
    return this.writer.begin(wish, this.step, true);
  }

  advance(): void {
    this.writer.next();
  }

  flush(): void {
    this.writer.flush();
  }
}
