import { isolationHeaders } from './isolation-headers';

// Paths from the page's folder, each with the SHA-256 of its content as `integrity` has it.
export type BuiltFiles = Readonly<Record<string, string>>;

// The files of the page, kept by content: what a new version has in common with the one before is
// not fetched again, and both can be there at once.
export class Stock {
  private readonly folder: URL;
  private readonly cacheName: string;

  constructor(
    private readonly caches: CacheStorage,
    private readonly files: BuiltFiles,
    folder: string, // the page's, ending in a slash
  ) {
    this.folder = new URL(folder);
    this.cacheName = `clearformer ${this.folder.pathname}`;
  }

  // Fetches what is missing. Rejects where a file is not what this version was built with.
  async fill(): Promise<void> {
    const cache = await this.open();
    const kept = new Set((await cache.keys()).map(({ url }) => url));
    const missing = Object.keys(this.files).filter((path) => !kept.has(this.keyOf(path)));
    await Promise.all(missing.map((path) => this.fetchInto(cache, path)));
  }

  // Lets go of what this version has no use for.
  async tidy(): Promise<void> {
    const cache = await this.open();
    const used = new Set(Object.keys(this.files).map((path) => this.keyOf(path)));
    const unused = (await cache.keys()).filter(({ url }) => !used.has(url));
    await Promise.all(unused.map((request) => cache.delete(request)));
  }

  // Which of the page's files a request is for; null where it is none of them.
  pathOf({ method, url }: Pick<Request, 'method' | 'url'>): string | null {
    const { origin, pathname } = new URL(url);
    if (method !== 'GET' || origin !== this.folder.origin) return null;
    if (!pathname.startsWith(this.folder.pathname)) return null;
    const path = pathname.slice(this.folder.pathname.length) || 'index.html';
    // An asset that is not this version's may be that of a tab with the version before.
    return Object.hasOwn(this.files, path) || path.startsWith('assets/') ? path : null;
  }

  async give(path: string, request: Request): Promise<Response> {
    // Storage that fails, as it may in a browser short of it, is no reason to show nothing.
    const kept = await this.find(path).catch(() => undefined);
    return kept ?? isolated(await fetch(request));
  }

  private async find(path: string): Promise<Response | undefined> {
    const cache = await this.open();
    return Object.hasOwn(this.files, path)
      ? cache.match(this.keyOf(path))
      : cache.match(new URL(path, this.folder), { ignoreSearch: true });
  }

  private async fetchInto(cache: Cache, path: string): Promise<void> {
    const integrity = this.files[path]!;
    const response = await fetch(new URL(path, this.folder), { integrity, cache: 'no-cache' });
    if (!response.ok) throw new Error(`${path} answers with status ${response.status}`);
    await cache.put(this.keyOf(path), isolated(response));
  }

  private keyOf(path: string): string {
    const key = new URL(path, this.folder);
    key.searchParams.set('content', this.files[path]!);
    return key.href;
  }

  private open(): Promise<Cache> {
    return this.caches.open(this.cacheName);
  }
}

// A copy: besides the headers it loses that it was redirected, which a page may not be. Where the
// browser is to follow itself, there is nothing to copy.
function isolated(response: Response): Response {
  if (response.type === 'opaqueredirect') return response;
  const { body, status, statusText, headers: given } = response;
  const headers = new Headers(given);
  for (const [name, value] of Object.entries(isolationHeaders)) headers.set(name, value);
  return new Response(body, { status, statusText, headers });
}
