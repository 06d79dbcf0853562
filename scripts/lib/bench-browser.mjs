// Measures WebAssembly builds in Chromium: a fresh browser and an isolated page for each measurement.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { at, build } from './paths.mjs';

const kTypes = { '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.html': 'text/html' };
// Threads need SharedArrayBuffer, which a browser gives only to an isolated page.
const kIsolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
const kFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const kMeasure = '/bench-measure.mjs';
const kWorker = `import { measure } from '${kMeasure}';
onmessage = ({ data }) => measure(data).then(postMessage, reportError);`;

/** Serves the builds; `measure` takes a request of bench-measure.mjs, its engine a file's path. */
export async function openBrowserBench(chromium) {
  const { chromium: playwright } = await import('playwright-core');
  const server = createServer(answer);
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const launch = () => playwright.launch({ executablePath: chromium, args: kFlags });

  return {
    async measure(request) {
      const engine = request.engine.replace(build, `${origin}/build`);
      const browser = await launch();
      try {
        const page = await browser.newPage();
        await page.goto(origin);
        return await page.evaluate(runInWorker, { ...request, engine });
      } catch (error) {
        return { refused: error.message.split('\n')[0] };
      } finally {
        await browser.close();
      }
    },
    async version() {
      const browser = await launch();
      const version = browser.version();
      await browser.close();
      return version;
    },
    close: () => server.close(),
  };
}

function answer(request, response) {
  const { pathname } = new URL(request.url, 'http://127.0.0.1');
  const send = (type) => response.writeHead(200, { 'Content-Type': type, ...kIsolation });
  if (pathname === '/') return send(kTypes['.html']).end('<!doctype html><title>bench</title>');
  if (pathname === '/worker.mjs') return send(kTypes['.mjs']).end(kWorker);
  const file = pathname === kMeasure ? at('scripts/lib', kMeasure) : builtFile(pathname);
  if (!file || !existsSync(file)) return response.writeHead(404).end();
  createReadStream(file).pipe(send(kTypes[extname(file)]));
}

// Only the glue and the code of a build.
function builtFile(pathname) {
  const found = pathname.match(/^\/build\/([\w-]+)\/(bench\.(?:mjs|wasm))$/);
  return found && join(build, found[1], found[2]);
}

// In the page, which measuring itself would block.
function runInWorker(request) {
  return new Promise((resolve, reject) => {
    const worker = new globalThis.Worker('/worker.mjs', { type: 'module' });
    worker.onerror = (event) => reject(new Error(event.message || 'the worker failed'));
    worker.onmessage = ({ data }) => resolve(data);
    worker.postMessage(request);
  });
}
