// npm run soak: a long run of a tiny recipe in Chromium, then many short ones, then one in a tab that
// is hidden; `npm run build` first. Prints what was measured beside what it may be, writes it to
// build/trust/soak.json, and ends with status 1 where a row is over its bound.
//   npm run soak -- [--steps 100000] [--runs 50] [--hidden 120]   steps, runs, seconds hidden
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { preview } from 'vite';
import { findChromium } from './lib/browsers.mjs';
import { Failure, main, say, stage } from './lib/log.mjs';
import { page as pageFolder, trust, viteConfig } from './lib/paths.mjs';
import { median, openSoak } from './lib/soak-page.mjs';

const kRecipe = { n_layer: 1, n_head: 2, n_embd: 16, block_size: 16, batch_size: 4 };
const kMarks = [0.1, 0.4, 0.7, 1]; // of the long run
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
  const options = { steps: '100000', runs: '50', hidden: '120' };
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
  await soak.setRecipe({ ...kRecipe, steps, eval_every: 1000 });
  await soak.train();
  const marks = [];
  for (const share of kMarks) {
    const step = Math.round(share * steps);
    // The last mark is while it still runs: a run at rest draws nothing.
    await soak.untilStep(share === 1 ? Math.floor(0.98 * steps) : step);
    marks.push({ ...(await soak.heaps()), ...(await soak.kept()), task: await soak.longestTask() });
  }
  await soak.untilPhase('done');
  const [flat, last] = marks.slice(-2);
  const rates = await soak.rates();
  const tenth = Math.max(Math.floor(rates.length / 10), 5);
  const ratio = median(rates.slice(-tenth)) / median(rates.slice(1, 1 + tenth));
  return [
    grown('heap of the page', flat.page, last.page, pageGrowth(flat.step, last.step)),
    grown('heaps of its workers', flat.workers, last.workers, workerGrowth(flat.step, last.step)),
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
    slowed('tokens a second at the end, of those at the start', ratio),
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
// A checkpoint is written whole: its text, its header and its file are there at once.
function workerGrowth(from, to) {
  return 3 * 4 * (doubled(to) - doubled(from) + 3 * (to - from)) + kNoise;
}

// LevelDB compacts four tables of 4 MB, and a level of 10 MB; beside them its log, of 4 MB.
function storageBound({ checkpoint }) {
  return 2 * checkpoint + 30_000_000;
}

function grown(what, before, after, most) {
  return {
    what: `${what}, growth from 70 % of the steps to the end`,
    measured: `${bytes(after - before)} on ${bytes(before)}`,
    bound: `${bytes(most)}: its history, and ${bytes(kNoise)} that collections differ by`,
    ok: after - before <= most,
  };
}

function slowed(what, ratio) {
  return {
    what,
    measured: ratio.toFixed(3),
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
  const most = kept.checkpoint + kNoise;
  const left = (await soak.kept()).storage;
  return [
    {
      what: `memory, growth from ${first} short runs, each deleted, to ${runs}`,
      measured: `${bytes(after - before)} on ${bytes(before)}`,
      bound: `${bytes(most)}: of the file of one run, and ${bytes(kNoise)} that collections differ by`,
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

// The same run seen, hidden, and seen again.
async function away(soak, { hidden }) {
  await soak.setRecipe({ ...kRecipe, steps: 10_000_000, eval_every: 1_000_000 });
  await soak.train();
  await soak.untilStep(200);
  const seen = await soak.rateFor(hidden / 2);
  const unseen = await soak.hiddenFor(() => soak.rateFor(hidden));
  const again = await soak.rateFor(hidden / 2);
  return slowed(`steps a second in a hidden tab for ${hidden} s`, (2 * unseen) / (seen + again));
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
