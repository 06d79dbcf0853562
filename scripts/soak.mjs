// npm run soak: a long run of a tiny recipe in Chromium, then many short ones, then one in a tab that
// is hidden; `npm run build` first. Prints what was measured beside what it may be, writes it to
// build/trust/soak.json, and ends with status 1 where a row is over its bound.
//   npm run soak -- [--steps 100000] [--runs 150] [--hidden 360]   steps, runs, seconds hidden
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { preview } from 'vite';
import { findChromium } from './lib/browsers.mjs';
import { Failure, main, say, stage } from './lib/log.mjs';
import { page as pageFolder, trust, viteConfig } from './lib/paths.mjs';
import { openSoak } from './lib/soak-page.mjs';

const kRecipe = { n_layer: 1, n_head: 2, n_embd: 16, block_size: 16, batch_size: 4 };
const kMarks = [0.2, 0.45, 0.7]; // of the long run, before one at its end
const kShortSteps = 20;
const kSettled = 5; // short runs, before what they leave behind is measured
const kSlower = 0.05; // share of its speed that a run may lose
const kLongestTask = 50; // ms
const kNoise = 2_000_000; // bytes that a heap differs by from one collection to the next

await main(async () => {
  if (!existsSync(join(pageFolder, 'index.html'))) {
    throw new Failure('There is no built page yet: run `npm run build` first.');
  }
  const counts = readCounts();
  const server = await preview({ configFile: viteConfig, logLevel: 'warn', preview: { port: 0 } });
  const soak = await openSoak(await findChromium(), server.resolvedUrls.local[0]);
  const rows = [];
  try {
    await stage(`${counts.steps} steps`, async () => rows.push(...(await long(soak, counts))));
    await stage(`${counts.runs} runs`, async () => rows.push(...(await many(soak, counts))));
    await stage(`hidden for ${counts.hidden} s`, async () => rows.push(await away(soak, counts)));
  } finally {
    await soak.close();
    await server.close();
  }
  tell(rows);
});

function readCounts() {
  const options = { steps: '100000', runs: '150', hidden: '360' };
  const { values } = parseArgs({
    options: Object.fromEntries(
      Object.entries(options).map(([name, value]) => [name, { type: 'string', default: value }]),
    ),
  });
  for (const [name, value] of Object.entries(values)) {
    if (!/^[1-9]\d*$/.test(value))
      throw new Failure(`--${name} is '${value}'; a whole number above 0 is needed.`);
  }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
}

// A run from its first step to its last, looked at on the way.
async function long(soak, { steps }) {
  // So many evaluations that as many texts are kept as are ever kept, before the heaps are compared.
  const evalEvery = Math.ceil(steps / 500);
  // It goes on while it is measured, however long that takes, and is paused in the end.
  const all = 10 * steps;
  await soak.setRecipe({ ...kRecipe, steps: all, eval_every: evalEvery, eval_batches: 2 });
  await soak.train();
  const at = (share) => Math.round(share * steps);
  const marks = [];
  const mark = async () =>
    marks.push({ ...(await soak.heaps()), ...(await soak.kept()), task: await soak.longestTask() });
  await soak.untilStep(at(0.02));
  // What has looked at a heap or a task slows the page from then on, by some per cent: before both.
  await soak.heaps();
  await soak.longestTask();
  const begins = await soak.rateOver(at(0.18));
  for (const share of kMarks) {
    await soak.untilStep(at(share));
    await mark();
  }
  await soak.untilStep(at(1));
  const ends = await soak.rateOver(at(0.18)); // of as many steps as at its beginning
  await mark(); // while it still runs: a run at rest draws nothing
  await soak.press('Pause', '.train-button');
  await soak.untilPhase('paused');
  const [flat, last] = [marks.at(-2), marks.at(-1)];
  const [wall, processor] = ['rate', 'ofProcessor'].map((clock) => ends[clock] / begins[clock]);
  return [
    grown(
      'heap of the page',
      flat.page,
      last.page,
      pageGrowth(flat.step, last.step),
      'its history, and what collections differ by',
    ),
    grown(
      'memory of its workers',
      flat.workers,
      last.workers,
      workerGrowth(flat.step, last.step, last),
      'its history, a checkpoint while it is written, and a growth of WebAssembly’s memory',
    ),
    {
      what: 'storage at the end',
      measured: bytes(last.storage),
      bound: `${bytes(storageBound(last))}: two checkpoints, and what LevelDB keeps until it compacts`,
      ok: last.storage <= storageBound(last),
    },
    {
      what: 'longest task of the main thread, at marks',
      measured: `${Math.max(...marks.map(({ task }) => task)).toFixed(1)} ms of ${marks.map(({ task }) => task.toFixed(0)).join(', ')}`,
      bound: `${kLongestTask} ms of the processor’s time`,
      ok: marks.every(({ task }) => task < kLongestTask),
    },
    slowed('tokens a second at the end, of those at the start', processor, {
      note: `of the processor’s time; ${wall.toFixed(3)} by the clock, with all else that the machine did`,
    }),
  ];
}

// A curve keeps 20 bytes an entry, an eighth as many in each level above (web/src/state/series.ts),
// for loss, rate and gradient norm; the engine 4 bytes a step for each; both grow by doubling.
function doubled(steps) {
  return Math.max(64, 2 ** Math.ceil(Math.log2(steps)));
}
function pageGrowth(from, to) {
  return (3 * 20 * 8 * (doubled(to) - doubled(from))) / 7 + kNoise;
}
// WebAssembly's memory grows by a fifth at least, and never shrinks; a checkpoint that is written is
// there four times: its tensors, its file while that grows, and what the page is given.
function workerGrowth(from, to, { workers, checkpoint }) {
  return 3 * 4 * (doubled(to) - doubled(from)) + workers / 5 + 4 * checkpoint + kNoise;
}

// LevelDB compacts four tables of 4 MB, and a level of 10 MB; beside them its log, of 4 MB.
function storageBound({ checkpoint }) {
  return 2 * checkpoint + 30_000_000;
}

function grown(what, before, after, most, why) {
  return {
    what: `${what}, growth from 70 % of the steps to the end`,
    measured: `${bytes(after - before)} on ${bytes(before)}`,
    bound: `${bytes(most)}: ${why}`,
    ok: after - before <= most,
  };
}

function slowed(what, ratio, { note } = {}) {
  return {
    what,
    measured: ratio.toFixed(3) + (note ? ` (${note})` : ''),
    bound: `at least ${1 - kSlower}`,
    ok: ratio >= 1 - kSlower,
  };
}

// Runs that are started, done and deleted: none is left behind.
async function many(soak, { runs }) {
  await soak.deleteRuns();
  await soak.setRecipe({ ...kRecipe, steps: kShortSteps, eval_every: 1000 });
  let settled, kept;
  const first = Math.min(kSettled, runs);
  for (let run = 1; run <= runs; run++) {
    await soak.train();
    await soak.untilPhase('done');
    kept = await soak.kept();
    await soak.deleteRuns();
    if (run === first) settled = await soak.heaps();
  }
  const [before, after] = [settled, await soak.heaps()].map(({ page, workers }) => page + workers);
  const most = kept.checkpoint + settled.workers / 5 + kNoise;
  const left = (await soak.kept()).storage;
  return [
    {
      what: `memory, growth from ${first} short runs, each deleted, to ${runs}`,
      measured: `${bytes(after - before)} on ${bytes(before)}`,
      bound: `${bytes(most)}: the file of one run, a growth of WebAssembly’s memory, and what collections differ by`,
      ok: after - before <= most,
    },
    {
      what: `storage after ${runs} deleted runs`,
      measured: bytes(left),
      bound: `${bytes(storageBound(kept))}: as above`,
      ok: left <= storageBound(kept),
    },
  ];
}

// The same run seen, hidden, and seen again; of a long time hidden its end counts, since browsers slow a
// tab down only after minutes.
async function away(soak, { hidden }) {
  await soak.setRecipe({ ...kRecipe, steps: 10_000_000, eval_every: 1_000_000 });
  await soak.train();
  await soak.untilStep(200);
  const seconds = Math.min(hidden / 2, 60);
  const seen = await soak.rateFor(seconds);
  const unseen = await soak.hiddenFor(async () => {
    await soak.rateFor(hidden - seconds);
    return soak.rateFor(seconds);
  });
  const again = await soak.rateFor(seconds);
  return slowed(
    `steps a second of a tab hidden for ${hidden} s, of those of the same seen before and after`,
    (2 * unseen) / (seen + again),
  );
}

function bytes(count) {
  return `${(count / 1e6).toFixed(2)} MB`;
}

function tell(rows) {
  const widest = (key) => Math.max(...rows.map((row) => row[key].length));
  for (const { what, measured, bound, ok } of rows) {
    const cells = [what.padEnd(widest('what')), measured.padEnd(widest('measured')), bound];
    say(`${ok ? 'ok  ' : 'OVER'}  ${cells.join('  ')}`);
  }
  mkdirSync(trust, { recursive: true });
  writeFileSync(join(trust, 'soak.json'), JSON.stringify({ rows }, null, 2) + '\n');
  const over = rows.filter(({ ok }) => !ok).map(({ what }) => what);
  if (over.length > 0) throw new Failure(`Over its bound: ${over.join('; ')}.`);
}
