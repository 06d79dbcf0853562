// The page in a Chromium of its own, driven and measured past the page: heaps after a collection, the
// main thread's tasks, steps a second. Puppeteer, since Playwright keeps every tab visible.
import puppeteer from 'puppeteer-core';

const kFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
// What would let a hidden tab run on as a person's browser does not.
const kUnlikeAPerson = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];
const kPatience = 3_600_000; // ms
const kTraced = 3000; // ms
const kEngineMemory = 2 ** 24; // bytes that the engine's memory has at first; no other array has as many
const kBegin = 'soak-begin';

export function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

export async function openSoak(executablePath, address) {
  const browser = await puppeteer.launch({
    executablePath,
    args: kFlags,
    ignoreDefaultArgs: kUnlikeAPerson,
    protocolTimeout: kPatience,
    defaultViewport: { width: 1440, height: 900 },
  });
  const [page] = await browser.pages();
  page.setDefaultTimeout(kPatience);
  await page.evaluateOnNewDocument(hearWorkers);
  await page.goto(address);
  await page.waitForFunction(() => /^Press Train/m.test(globalThis.document.body.innerText));
  const session = await page.createCDPSession();
  const processes = await browser.target().createCDPSession();
  const sleep = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));
  const heard = () => page.evaluate(() => globalThis.heard.at(-1));

  const soak = {
    async setRecipe(recipe) {
      await page.evaluate(() => {
        for (const each of globalThis.document.querySelectorAll('aside details')) each.open = true;
      });
      for (const [name, value] of Object.entries(recipe))
        await page.locator(`#setting-${name}`).fill(String(value));
    },
    async train() {
      await page.evaluate(() => void globalThis.heard.splice(0));
      await page.locator('.train-button').click();
      await soak.untilPhase('running|done');
    },
    untilPhase: (phase) =>
      page.waitForFunction(
        (phase) =>
          new RegExp(`^(${phase})$`).test(
            globalThis.document.querySelector('.phase-word')?.textContent,
          ),
        {},
        phase,
      ),
    untilStep: (step) =>
      page.waitForFunction((step) => globalThis.heard.at(-1)?.step >= step, { polling: 200 }, step),

    // Bytes in use after a collection, and the step they were measured at.
    async heaps() {
      // A thread of the engine's waits for work and answers nobody; its memory is the engine's.
      const alive = page.workers().filter((each) => !/\/engine-[^/]*$/.test(each.url()));
      const [own, ...others] = [session, ...alive.map(({ client }) => client)];
      const used = [];
      for (const each of [own, ...others]) {
        await each.send('HeapProfiler.collectGarbage');
        const heap = await each.send('Runtime.getHeapUsage');
        // WebAssembly's memory is in no figure but that of a snapshot.
        const arrays = Math.max(heap.backingStorageSize, await arrayMemory(each));
        used.push(heap.usedSize + heap.embedderHeapUsedSize + arrays);
      }
      const workers = used.slice(1).reduce((sum, bytes) => sum + bytes, 0);
      return { page: used[0], workers, step: (await heard())?.step ?? 0 };
    },
    // What the origin stores, and the largest checkpoint among it.
    kept: () => page.evaluate(readStorage),
    longestTask: () => longestTask(page),

    // Steps a second: the ninth decile of what it was from one message to the next, since a virtual
    // machine's host may take a core away for seconds; a tab that is slowed down is so all the time.
    async rateFor(seconds) {
      await page.evaluate(() => void globalThis.heard.splice(0));
      await sleep(seconds);
      const rates = await page.evaluate(ratesOf);
      return rates.sort((a, b) => a - b)[Math.floor(0.9 * rates.length)] ?? NaN;
    },
    // Until this step: steps a second, with all that happens between them, and steps a second of the
    // processor's time, of which what else the machine does takes none.
    async rateUntil(step) {
      const look = async () => ({ ...(await heard()), cpu: await soak.processorTime() });
      const from = await look();
      await soak.untilStep(step);
      const to = await look();
      const steps = to.step - from.step;
      return { rate: (1000 * steps) / (to.at - from.at), ofProcessor: steps / (to.cpu - from.cpu) };
    },
    async rateOver(steps) {
      return soak.rateUntil((await heard()).step + steps);
    },
    // Seconds that the page and its workers have worked.
    async processorTime() {
      const { processInfo } = await processes.send('SystemInfo.getProcessInfo');
      const ours = processInfo.filter(({ type }) => type === 'renderer');
      return ours.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
    },
    // A button by its words, until what it shows is there, or what it hides is gone.
    async press(words, shown, hidden = false) {
      await page.locator(`::-p-xpath(//button[normalize-space()="${words}"])`).click();
      await page.waitForSelector(shown, { hidden });
    },
    // With another tab in front.
    async hiddenFor(work) {
      const other = await browser.newPage();
      await other.bringToFront();
      await page.waitForFunction(() => globalThis.document.hidden, { polling: 100 });
      const result = await work();
      await other.close();
      await page.bringToFront();
      await page.waitForFunction(() => !globalThis.document.hidden, { polling: 100 });
      return result;
    },
    async deleteRuns() {
      while (await page.evaluate(pressDelete))
        await page.waitForFunction(() => !globalThis.deleted.isConnected);
    },
    close: () => browser.close(),
  };
  return soak;
}

// Bytes of the arrays, WebAssembly's memory among them. Where that has grown, arrays of its former
// lengths are views of the same.
async function arrayMemory(session) {
  const chunks = [];
  const hear = ({ chunk }) => chunks.push(chunk);
  session.on('HeapProfiler.addHeapSnapshotChunk', hear);
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  session.off('HeapProfiler.addHeapSnapshotChunk', hear);
  const { snapshot, nodes, strings } = JSON.parse(chunks.join(''));
  const { node_fields: fields } = snapshot.meta;
  const [name, size] = ['name', 'self_size'].map((field) => fields.indexOf(field));
  const sizes = [];
  for (let at = 0; at < nodes.length; at += fields.length)
    if (strings[nodes[at + name]] === 'system / JSArrayBufferData') sizes.push(nodes[at + size]);
  const small = sizes.filter((each) => each < kEngineMemory);
  return (
    small.reduce((sum, each) => sum + each, 0) +
    Math.max(0, ...sizes.filter((each) => each >= kEngineMemory))
  );
}

// In the page: remembers the steps told and when, four times a second at most.
function hearWorkers() {
  const heard = [];
  globalThis.heard = heard;
  globalThis.Worker = class extends globalThis.Worker {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        if (data?.type !== 'progress') return;
        const at = performance.now();
        if (heard.length < 2 || at - heard.at(-2).at >= 250) heard.push({ step: data.step, at });
        else heard[heard.length - 1] = { step: data.step, at };
      });
    }
  };
}

function ratesOf() {
  const { heard } = globalThis;
  return heard
    .slice(1)
    .map(({ step, at }, i) => (1000 * (step - heard[i].step)) / (at - heard[i].at));
}

function pressDelete() {
  const button = globalThis.document.querySelector('button[aria-label^="Delete “"]');
  globalThis.deleted = button?.closest('.run-row');
  button?.click();
  return Boolean(button);
}

async function readStorage() {
  const { indexedDB, navigator } = globalThis;
  const promised = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const database = await promised(indexedDB.open('clearformer'));
  const all = await promised(
    database.transaction('checkpoints').objectStore('checkpoints').getAll(),
  );
  database.close();
  const sizes = all.map((each) => each.file.byteLength);
  const { usage } = await navigator.storage.estimate();
  return { storage: usage, checkpoint: Math.max(0, ...sizes) };
}

// Of the main thread in the time to come, in milliseconds of the processor's time, as
// tests/e2e/main-thread.ts has it.
async function longestTask(page) {
  await page.tracing.start({
    categories: ['disabled-by-default-devtools.timeline', 'blink.user_timing'],
  });
  await page.evaluate((name) => void performance.mark(name), kBegin);
  await new Promise((done) => setTimeout(done, kTraced));
  const trace = new TextDecoder().decode(await page.tracing.stop());
  const events = JSON.parse(trace).traceEvents;
  const begin = events.findLast(({ name }) => name === kBegin);
  const tasks = events.filter(
    ({ name, ph, pid, tid, ts }) =>
      name === 'RunTask' && ph === 'X' && pid === begin.pid && tid === begin.tid && ts >= begin.ts,
  );
  return Math.max(...tasks.map(({ tdur }) => (tdur ?? NaN) / 1000));
}
