import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const builtPage = fileURLToPath(new URL('../../build/page', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

const FOLDER = '/some/path/';

// A plain host of a copy of the built page: under a path, with no headers but the type and those given.
export class StaticHost {
  private readonly files = mkdtempSync(join(tmpdir(), 'clearformer-host-'));
  private server: Server | null = null;
  private port = 0;
  private readonly withheld = new Map<string, Promise<void>>();
  requests: string[] = [];

  private constructor(private readonly headers: Readonly<Record<string, string>>) {}

  static async begin(headers: Readonly<Record<string, string>> = {}): Promise<StaticHost> {
    const host = new StaticHost(headers);
    cpSync(builtPage, host.files, { recursive: true });
    await host.goOnline();
    return host;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}${FOLDER}`;
  }

  // Another site's page, with this one in a frame.
  get around(): string {
    return `http://localhost:${this.port}/around.html`;
  }

  async goOnline(): Promise<void> {
    const server = createServer((request, response) => void this.answer(request.url, response));
    await new Promise<void>((done) => server.listen(this.port, '127.0.0.1', done));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  // From here on nobody answers.
  async goOffline(): Promise<void> {
    const { server } = this;
    this.server = null;
    server?.closeAllConnections();
    await new Promise<void>((done) => (server ? server.close(() => done()) : done()));
  }

  // A file does not come until what is returned is called.
  withhold(path: string): () => void {
    let release!: () => void;
    this.withheld.set(FOLDER + path, new Promise((done) => (release = done)));
    return release;
  }

  // Another build of the page: its document says which.
  publish(version: string): void {
    this.change('index.html', (page) => page.replace('<body>', `<body data-version="${version}">`));
  }

  // A file that the service worker was not built with.
  damage(path: string): void {
    writeFileSync(join(this.files, path), `${readFileSync(join(this.files, path), 'utf8')}\n`);
  }

  remove(path: string): void {
    rmSync(join(this.files, path));
  }

  async end(): Promise<void> {
    await this.goOffline();
    rmSync(this.files, { recursive: true });
  }

  private async answer(url = '', response: ServerResponse): Promise<void> {
    const path = new URL(url, this.url).pathname;
    this.requests.push(path);
    if (path === '/around.html') {
      const frame = `<iframe src="${this.url}" width="1200" height="700"></iframe>`;
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(frame);
      return;
    }
    await this.withheld.get(path);
    const file = join(this.files, path.slice(FOLDER.length) || 'index.html');
    if (!path.startsWith(FOLDER) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    const headers = { ...this.headers, 'Content-Type': types[extname(file)] };
    response.writeHead(200, headers).end(readFileSync(file));
  }

  private change(path: string, edit: (content: string) => string): void {
    const [file, worker] = [join(this.files, path), join(this.files, 'service-worker.js')];
    const before = integrity(file);
    writeFileSync(file, edit(readFileSync(file, 'utf8')));
    const words = readFileSync(worker, 'utf8');
    if (!words.includes(before)) throw new Error(`The service worker does not know ${path}.`);
    writeFileSync(worker, words.replace(before, integrity(file)));
  }
}

function integrity(file: string): string {
  return `sha256-${createHash('sha256').update(readFileSync(file)).digest('base64')}`;
}
