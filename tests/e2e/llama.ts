import { createServer, type Server } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';

// What is used of the library, whose own types its package does not export.
interface Wllama {
  loadModel(files: Blob[], config: Record<string, unknown>): Promise<void>;
  getModelMetadata(): { hparams: Record<string, number>; meta: Record<string, string> };
  tokenize(text: string, special: boolean): Promise<number[]>;
  detokenize(tokens: number[]): Promise<Uint8Array>;
  decode(tokens: number[], options: object): Promise<unknown>;
  getLogits(topK: number): Promise<{ token: number }[]>;
  exit(): Promise<void>;
}
interface Library {
  Wllama: new (paths: Record<string, string>, config: object) => Wllama;
}

export interface Continuation {
  hparams: Record<string, number>;
  meta: Record<string, string>;
  prompt: number[];
  ids: number[];
  // The bytes of `ids`, joined.
  bytes: number[];
}

const FILES: Readonly<Record<string, string>> = {
  '/index.js': 'text/javascript',
  '/single-thread/wllama.wasm': 'application/wasm',
};

const PAGE = `<!doctype html>
<script type="module">
  import * as library from '/index.js';
  window.library = library;
</script>`;

// llama.cpp as WebAssembly (@wllama/wllama), in a page of its own.
export class Llama {
  private constructor(
    private readonly server: Server,
    private readonly page: Page,
  ) {}

  static async begin(browser: Browser): Promise<Llama> {
    const folder = join(import.meta.dirname, '../../node_modules/@wllama/wllama/esm');
    const server = createServer((request, response) => {
      const type = FILES[request.url ?? ''];
      response.setHeader('Content-Type', type ?? 'text/html');
      response.end(type ? readFileSync(join(folder, request.url!)) : PAGE);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => 'library' in window);
    return new Llama(server, page);
  }

  // What the model in the file writes after a prompt, always the likeliest token.
  continue(gguf: Uint8Array, prompt: string, tokens: number): Promise<Continuation> {
    return this.page.evaluate(
      async ({ base64, prompt, tokens }): Promise<Continuation> => {
        const { library } = window as unknown as { library: Library };
        const wllama = new library.Wllama(
          { 'single-thread/wllama.wasm': '/single-thread/wllama.wasm' },
          { suppressNativeLog: true },
        );
        const file = await (await fetch(`data:;base64,${base64}`)).blob();
        const exact = { cache_type_k: 'f32', cache_type_v: 'f32', flash_attn: false };
        await wllama.loadModel([file], { n_threads: 1, n_ctx: 128, ...exact });
        const { hparams, meta } = wllama.getModelMetadata();
        const read = await wllama.tokenize(prompt, false);
        const ids: number[] = [];
        let next = read;
        while (ids.length < tokens) {
          await wllama.decode(next, {});
          next = [(await wllama.getLogits(1))[0]!.token];
          ids.push(...next);
        }
        const bytes = [...(await wllama.detokenize(ids))];
        await wllama.exit();
        return { hparams, meta, prompt: read, ids, bytes };
      },
      { base64: Buffer.from(gguf).toString('base64'), prompt, tokens },
    );
  }

  // Its tokens of texts.
  tokenize(gguf: Uint8Array, texts: readonly string[]): Promise<number[][]> {
    return this.page.evaluate(
      async ({ base64, texts }) => {
        const { library } = window as unknown as { library: Library };
        const wllama = new library.Wllama(
          { 'single-thread/wllama.wasm': '/single-thread/wllama.wasm' },
          { suppressNativeLog: true },
        );
        const file = await (await fetch(`data:;base64,${base64}`)).blob();
        await wllama.loadModel([file], { n_threads: 1, n_ctx: 128 });
        const all: number[][] = [];
        for (const text of texts) all.push(await wllama.tokenize(text, false));
        await wllama.exit();
        return all;
      },
      { base64: Buffer.from(gguf).toString('base64'), texts },
    );
  }

  async end(): Promise<void> {
    await this.page.close();
    await new Promise((done) => this.server.close(done));
  }
}
