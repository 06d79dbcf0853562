// Fetches a text from an address that a person gave. A page is told little of why a fetch failed:
// each sentence says what is known, and what to do instead.
import { formatBytes } from './format';

export interface Fetching {
  readonly limit: number; // bytes
  readonly signal: AbortSignal;
  readonly onProgress: (bytes: number) => void;
  readonly fetch: typeof fetch;
  readonly online: () => boolean;
  readonly patience: number; // ms without a byte before it is given up
}

export type Fetched =
  | { readonly bytes: Uint8Array; readonly problem: null }
  | { readonly bytes: null; readonly problem: string };

const INSTEAD = 'Open the address in a tab of its own, save the text, and drop the file here';

export type Address = { url: URL; problem: null } | { url: null; problem: string };

export function readAddress(entry: string): Address {
  const text = entry.trim();
  const no = (problem: string): Address => ({ url: null, problem });
  if (text === '') return no('Give the address of a text, such as https://example.org/book.txt.');
  const written = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(written) ? new URL(written) : null;
  // Some browsers take a host with a space in it, encoded.
  if (!url || url.host.includes('%')) return no(`“${text.slice(0, 80)}” is no address.`);
  if (url.protocol === 'http:') {
    return no('This page reads from https addresses only: try the same address with https.');
  }
  if (url.protocol !== 'https:') {
    return no(`This page reads from https addresses only, not from ${url.protocol} ones.`);
  }
  if (url.username || url.password) return no('An address with a password in it is not read.');
  return { url, problem: null };
}

export async function fetchText(url: URL, how: Fetching): Promise<Fetched> {
  const stop = new AbortController();
  const end = () => stop.abort();
  how.signal.addEventListener('abort', end);
  if (how.signal.aborted) end();
  let timer = setTimeout(end, how.patience);
  const onProgress = (bytes: number) => {
    clearTimeout(timer);
    timer = setTimeout(end, how.patience);
    how.onProgress(bytes);
  };
  try {
    const response = await how.fetch(url, {
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: stop.signal,
    });
    return await read(url, response, { ...how, onProgress });
  } catch {
    return no(failure(url, how, stop.signal.aborted));
  } finally {
    clearTimeout(timer);
    how.signal.removeEventListener('abort', end);
    end(); // what is left of a text that was not wanted
  }
}

async function read(
  url: URL,
  response: Response,
  { limit, onProgress }: Fetching,
): Promise<Fetched> {
  const { host } = url;
  if (!response.ok) return no(refusal(host, response.status));
  const kind = kindOf(response);
  if (kind === 'text/html') {
    return no(
      `${host} answered with a web page, not with a plain text. Look there for a link called ` +
        '“Plain text”, “Raw” or “Download”, and give its address.',
    );
  }
  if (!isText(kind))
    return no(`What lies at this address is ${kind}, not a text. Choose a plain text.`);
  const most = formatBytes(limit);
  const announced = Number(response.headers.get('content-length') ?? 0);
  if (announced > limit) {
    return no(`This text has ${formatBytes(announced)}; a text may have up to ${most}.`);
  }
  const bytes = await readBody(response, limit, onProgress);
  return bytes
    ? { bytes: decoded(bytes, response), problem: null }
    : no(`This text has more than ${most}, which is the most that a text may have.`);
}

// null as soon as it is more than the limit.
async function readBody(
  response: Response,
  limit: number,
  onProgress: (bytes: number) => void,
): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    if (done || !value) break;
    length += value.length;
    if (length > limit) {
      await reader?.cancel();
      return null;
    }
    chunks.push(value);
    onProgress(length);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

// As UTF-8, where the server says that it is something else.
function decoded(bytes: Uint8Array, response: Response): Uint8Array {
  const type = response.headers.get('content-type') ?? '';
  const charset = /charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
  if (/^utf-?8$/i.test(charset)) return bytes;
  try {
    return new TextEncoder().encode(new TextDecoder(charset).decode(bytes));
  } catch {
    return bytes; // no encoding that is known: what it is will be seen
  }
}

function kindOf(response: Response): string {
  const type = response.headers.get('content-type') ?? '';
  return type.split(';')[0]!.trim().toLowerCase();
}

function isText(kind: string): boolean {
  if (kind === '' || kind === 'application/octet-stream') return true; // not said
  return /^text\/|[/+](json|ndjson|xml|yaml|javascript|x-tex)$/.test(kind);
}

function refusal(host: string, status: number): string {
  if (status === 404 || status === 410) {
    return `${host} has nothing at this address (${status}). See whether it is written right.`;
  }
  if (status === 401 || status === 403) {
    return `${host} does not give this text to everyone (${status}). ${INSTEAD}.`;
  }
  return `${host} answered with an error (${status}). Try again later.`;
}

function failure({ host }: URL, { online, signal }: Fetching, stopped: boolean): string {
  if (signal.aborted) return 'Stopped.';
  if (stopped) return `${host} has sent nothing for a while. Try again later.`;
  if (!online()) {
    return `There is no network, so ${host} cannot be reached. The sample texts need none.`;
  }
  return (
    `${host} could not be read from this page: there is no such place, or it lets no other site’s ` +
    `page read it (CORS), or this page’s own policy forbids it; a browser does not tell which. ${INSTEAD}.`
  );
}

function no(problem: string): Fetched {
  return { bytes: null, problem };
}
