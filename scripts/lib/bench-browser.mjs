// Measures in Chromium, WebAssembly builds and jax-js: a fresh browser and an isolated page for each
// measurement.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { at, build } from './paths.mjs';

const kTypes = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
};
// Threads need SharedArrayBuffer, which a browser gives only to an isolated page.
const kIsolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
const kPlain = '/plain'; // a page that is not isolated
const kFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const kWorker = `onmessage = ({ data: [program, request] }) =>
  import(program).then(({ measure }) => measure(request)).then(postMessage, reportError);`;
// What measures; the first is given an engine's address.
const kOwn = '/bench-measure.mjs';
const kJax = '/jax_step.mjs';
const kPrograms = { [kOwn]: at('scripts/lib', kOwn), [kJax]: at('tests/bench/peers', kJax) };

/**
 * Serves the builds; `measure` takes a request of bench-measure.mjs, its engine a file's path,
 * `measureJax` one of jax_step.mjs, which works on more threads in an isolated page, not always faster.
 */
export async function openBrowserBench(chromium) {
  const { chromium: playwright } = await import('playwright-core');
  const server = createServer(answer);
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const launch = () => playwright.launch({ executablePath: chromium, args: kFlags });

  const inPage = async (program, request, isolated = true) => {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      await page.goto(isolated ? origin : `${origin}${kPlain}`);
      return await page.evaluate(runInWorker, [program, request]);
    } catch (error) {
      return { refused: error.message.split('\n')[0] };
    } finally {
      await browser.close();
    }
  };

  return {
    measure: (request) =>
      inPage(kOwn, { ...request, engine: request.engine.replace(build, `${origin}/build`) }),
    measureJax: (request, isolated) => inPage(kJax, request, isolated),
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
  const isolation = pathname === kPlain ? {} : kIsolation;
  const send = (type) => response.writeHead(200, { 'Content-Type': type, ...isolation });
  if (pathname === '/' || pathname === kPlain)
    return send(kTypes['.html']).end('<!doctype html><title>bench</title>');
  if (pathname === '/worker.mjs') return send(kTypes['.mjs']).end(kWorker);
  const file = kPrograms[pathname] ?? jaxFile(pathname) ?? builtFile(pathname);
  if (!file || !existsSync(file)) return response.writeHead(404).end();
  createReadStream(file).pipe(send(kTypes[extname(file)]));
}

function jaxFile(pathname) {
  const found = pathname.match(/^\/jax\/([\w-]+\.js)$/);
  return found && at('node_modules/@jax-js/jax/dist', found[1]);
}

// Only the glue and the code of a build.
function builtFile(pathname) {
  const found = pathname.match(/^\/build\/([\w-]+)\/(engine\.(?:mjs|wasm))$/);
  return found && join(build, found[1], found[2]);
}

// In the page, which measuring itself would block.
function runInWorker(message) {
  return new Promise((resolve, reject) => {
    const worker = new globalThis.Worker('/worker.mjs', { type: 'module' });
    worker.onerror = (event) => reject(new Error(event.message || 'the worker failed'));
    worker.onmessage = ({ data }) => resolve(data);
    worker.postMessage(message);
  });
}
