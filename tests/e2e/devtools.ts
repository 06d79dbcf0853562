import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { chromiumFlags, chromiumPath } from './browser';

interface Reply {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

// Chromium over its own protocol. Playwright keeps every tab visible, so that a tab that really is
// hidden needs this.
export class Devtools {
  private readonly profile = mkdtempSync(join(tmpdir(), 'clearformer-chromium-'));
  private readonly process: ChildProcess;
  private readonly waiting = new Map<number, (reply: Reply) => void>();
  private lastId = 0;

  constructor() {
    const own = ['--headless', '--remote-debugging-pipe', `--user-data-dir=${this.profile}`];
    this.process = spawn(chromiumPath, [...chromiumFlags, ...own, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    let rest = '';
    (this.process.stdio[4] as Readable).on('data', (data: Buffer) => {
      const messages = (rest + data.toString()).split('\0');
      rest = messages.pop() ?? '';
      for (const message of messages) this.hear(JSON.parse(message) as Reply);
    });
  }

  // A tab in front of those before it.
  async openTab(url: string): Promise<{ evaluate: (expression: string) => Promise<unknown> }> {
    const { targetId } = await this.send('Target.createTarget', { url });
    await this.send('Target.activateTarget', { targetId });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    return {
      evaluate: async (expression) => {
        const answer = await this.send('Runtime.evaluate', { expression }, String(sessionId));
        return (answer.result as { value?: unknown }).value;
      },
    };
  }

  async close(): Promise<void> {
    const closed = once(this.process, 'close');
    void this.send('Browser.close', {}); // it waits for its children, which write to the profile
    await closed;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 20 });
  }

  private send(
    method: string,
    params: object,
    sessionId?: string,
  ): Promise<Record<string, unknown>> {
    const id = ++this.lastId;
    (this.process.stdio[3] as Writable).write(
      JSON.stringify({ id, method, params, sessionId }) + '\0',
    );
    return new Promise((resolve, reject) => {
      this.waiting.set(id, ({ result, error }) => {
        if (result) resolve(result);
        else reject(new Error(`${method}: ${error?.message ?? 'no answer'}`));
      });
    });
  }

  private hear(reply: Reply): void {
    if (reply.id === undefined) return; // an event
    this.waiting.get(reply.id)?.(reply);
    this.waiting.delete(reply.id);
  }
}
