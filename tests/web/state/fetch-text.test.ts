import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchText, readAddress, type Fetching } from '../../../web/src/state/fetch-text';

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

// A server that stands in for the one at https://texts.example.
async function serve(listener: RequestListener): Promise<typeof fetch> {
  server = createServer(listener);
  await new Promise<void>((listening) => server!.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return (input, init) => {
    const { pathname } = input as URL;
    return fetch(`http://127.0.0.1:${port}${pathname}`, init);
  };
}

const url = new URL('https://texts.example/book.txt');

function fetching(parts: Partial<Fetching> = {}): Fetching {
  return {
    limit: 1000,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    fetch: () => Promise.reject(new TypeError('Failed to fetch')),
    online: () => true,
    patience: 60_000,
    ...parts,
  };
}

const plain = { 'content-type': 'text/plain; charset=utf-8' };
const decode = (bytes: Uint8Array | null) => new TextDecoder().decode(bytes ?? new Uint8Array());

describe('an address', () => {
  it.each([
    ['https://example.org/a.txt', 'https://example.org/a.txt'],
    ['  example.org/a b.txt ', 'https://example.org/a%20b.txt'],
  ])('%j is read', (entry, href) => {
    expect(readAddress(entry).url?.href).toBe(href);
  });

  it.each([
    ['', /^Give the address of a text, such as https:/],
    ['https://', /is no address\.$/],
    ['two words', /is no address\.$/],
    ['http://example.org/a.txt', /^This page reads from https addresses only: try .* https\.$/],
    ['file:///etc/passwd', /https addresses only, not from file: ones\.$/],
    ['javascript:alert(1)', /https addresses only, not from javascript: ones\.$/],
    ['data:text/plain,hello', /not from data: ones\.$/],
    ['https://me:secret@example.org/', /password in it is not read\.$/],
  ])('%j is refused in a sentence', (entry, words) => {
    expect(readAddress(entry).url).toBeNull();
    expect(readAddress(entry).problem).toMatch(words);
  });
});

describe('a text by address', () => {
  it('comes whole, and tells how far it is', async () => {
    const told: number[] = [];
    const stand = await serve((_, response) => {
      response.writeHead(200, plain);
      response.write('Once there ');
      setTimeout(() => response.end('was a fox: 狐.'), 20);
    });
    const { bytes } = await fetchText(
      url,
      fetching({ fetch: stand, onProgress: (n) => told.push(n) }),
    );
    expect(decode(bytes)).toBe('Once there was a fox: 狐.');
    expect(told.at(-1)).toBe(26);
  });

  it('is asked for without cookies and without telling where from', async () => {
    let asked: RequestInit | undefined;
    const answer = () => Promise.resolve(new Response('x', { headers: plain }));
    await fetchText(url, fetching({ fetch: (_, init) => ((asked = init), answer()) }));
    expect(asked).toMatchObject({ credentials: 'omit', referrerPolicy: 'no-referrer' });
  });

  it('in another encoding is read as the server says', async () => {
    const stand = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain; charset=ISO-8859-1' });
      response.end(Buffer.from('Stra\xdfe', 'latin1'));
    });
    expect(decode((await fetchText(url, fetching({ fetch: stand }))).bytes)).toBe('Straße');
  });

  it.each([
    [404, {}, /^texts\.example has nothing at this address \(404\)\. See whether/],
    [403, {}, /does not give this text to everyone \(403\)\. Open .* drop the file here\.$/],
    [500, {}, /^texts\.example answered with an error \(500\)\. Try again later\.$/],
    [200, { 'content-type': 'text/html; charset=utf-8' }, /a web page, .* “Plain text”, “Raw”/],
    [
      200,
      { 'content-type': 'image/png' },
      /^What lies at this address is image\/png, not a text\./,
    ],
    [200, { 'content-type': 'application/pdf' }, /is application\/pdf, not a text\./],
  ])('answered %i %j is refused in a sentence', async (status, headers, words) => {
    const stand = await serve((_, response) => {
      response.writeHead(status, headers);
      response.end('something');
    });
    expect((await fetchText(url, fetching({ fetch: stand }))).problem).toMatch(words);
  });

  it('that is announced too large is not read', async () => {
    const told: number[] = [];
    const stand = await serve((_, response) => {
      response.writeHead(200, { ...plain, 'content-length': '5000000' });
      response.write('x');
    });
    const how = fetching({ fetch: stand, onProgress: (n) => told.push(n) });
    expect((await fetchText(url, how)).problem).toMatch(
      /^This text has 5\.00 MB; a text may have up to 1\.00 kB\.$/,
    );
    expect(told).toEqual([]);
  });

  it('that never ends is given up at the limit', async () => {
    let closed = false;
    const stand = await serve((_, response) => {
      response.writeHead(200, plain);
      const more = () => response.write('x'.repeat(400)) && setTimeout(more, 1);
      response.on('close', () => (closed = true));
      more();
    });
    const { problem } = await fetchText(url, fetching({ fetch: stand }));
    expect(problem).toMatch(/^This text has more than 1\.00 kB/);
    await expect.poll(() => closed).toBe(true);
  });

  it('that stops coming is given up after a while', async () => {
    const stand = await serve((_, response) => {
      response.writeHead(200, plain);
      response.write('Once');
    });
    const { problem } = await fetchText(url, fetching({ fetch: stand, patience: 100 }));
    expect(problem).toMatch(/has sent nothing for a while/);
  });

  it('is stopped when asked to', async () => {
    const stopping = new AbortController();
    const stand = await serve((_, response) => {
      response.writeHead(200, plain);
      response.write('Once');
    });
    const how = fetching({
      fetch: stand,
      signal: stopping.signal,
      onProgress: () => stopping.abort(),
    });
    expect((await fetchText(url, how)).problem).toBe('Stopped.');
  });

  it('that cannot be reached says what is known, and what to do instead', async () => {
    const blocked = await fetchText(url, fetching());
    expect(blocked.problem).toMatch(
      /^texts\.example could not be read .*\(CORS\).* drop the file here\.$/,
    );
    const offline = await fetchText(url, fetching({ online: () => false }));
    expect(offline.problem).toMatch(/^There is no network, .* sample texts need none\.$/);
  });
});
