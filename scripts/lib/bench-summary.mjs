// What a recipe's rounds come to, as --json has it.
import { flopsFormula, flopsPerStep } from './bench-recipes.mjs';
import { median, pairRatio } from './bench-rounds.mjs';
import { Failure } from './log.mjs';

const kRates = [
  'ms_per_step',
  'tokens_per_second',
  'gflops',
  'peak_gflops',
  'fraction_of_peak',
  'sample_tokens_per_second',
  'read_gigabytes_per_second',
];

/** `engines` and `peers` as in bench-engines.mjs and bench-peers.mjs, `outcomes` of runRounds. */
export function summarize(name, recipe, engines, peers, outcomes) {
  const flops = flopsPerStep(recipe);
  const isMeasured = (one) => !outcomes.get(one).refused;
  const runsOf = (one) => outcomes.get(one).runs;
  const measured = engines.filter(isMeasured);
  measured.forEach((engine) => checkFlops(flops, runsOf(engine)[0]));
  return {
    name,
    recipe,
    flops_per_step: flops,
    engines: measured.map((engine) => summarizeEngine(engine, runsOf(engine))),
    two_threads: measured.flatMap((engine) => {
      const single = measured.find((one) => one.name === engine.name && one.threads === 1);
      if (engine.threads !== 2 || !single) return [];
      return { engine: engine.name, speedup: pairRatio(runsOf(single), runsOf(engine)) };
    }),
    peers: peers.filter(isMeasured).map((peer) => ({
      ...summarizePeer(peer, runsOf(peer), flops),
      times_as_long_as: measured.filter(isRival).map((engine) => ({
        engine: engine.name,
        threads: engine.threads,
        ratio: pairRatio(runsOf(peer), runsOf(engine)),
      })),
    })),
    left_out: [...outcomes]
      .filter(([, { refused }]) => refused)
      .map(([one, { refused }]) => ({ name: one.name, threads: one.threads, reason: refused })),
  };
}

// What a peer on one thread is compared with: ours natively on one thread, and in a tab as it runs.
const isRival = ({ place, threads }) => (place === 'native' ? threads === 1 : threads === 2);

function summarizePeer({ name, library, allocator }, runs, flops) {
  const ms = median(runs.map((run) => run.ms_per_step));
  return { name, library, allocator, ms_per_step: ms, gflops: flops / ms / 1e6 };
}

function summarizeEngine({ name, threads, place, arithmetic }, runs) {
  const medianOf = (value) => median(runs.map(value));
  return {
    engine: name,
    place,
    class: arithmetic,
    threads,
    ...Object.fromEntries(kRates.map((rate) => [rate, medianOf((run) => run[rate])])),
    // How many times as long a token takes as reading the weights once.
    sampling_over_reading: medianOf(
      (run) =>
        (run.read_gigabytes_per_second * 1e9) / run.bytes.parameters / run.sample_tokens_per_second,
    ),
    bytes: runs[0].bytes,
    ops: summarizeOps(runs),
    ms_per_step_by_round: runs.map((run) => run.ms_per_step),
  };
}

function summarizeOps(runs) {
  const total = (run) => run.ops.reduce((sum, { ms }) => sum + ms, 0);
  return runs[0].ops.map(({ op, calls }, i) => ({
    op,
    calls,
    ms: median(runs.map((run) => run.ops[i].ms)),
    gflops: median(runs.map((run) => run.ops[i].gflops)),
    share: median(runs.map((run) => run.ops[i].ms / total(run))),
  }));
}

// The formula stands here for people and in the engine for its figures: they must say the same.
function checkFlops(flops, { flops_per_step }) {
  if (Math.abs(flops / flops_per_step - 1) < 1e-12) return;
  throw new Failure(
    `The engine counts ${flops_per_step} FLOP a step, this formula ${flops}: mend it in ` +
      `scripts/lib/bench-recipes.mjs as engine/train/cost.h has it.\n${flopsFormula}`,
  );
}
