// The tables that people read.
import { flopsFormula } from './bench-recipes.mjs';

const kLeastShare = 0.02; // of a step, for an op to be told

export function machineReport(machine) {
  const width = Math.max(...Object.keys(machine).map((name) => name.length));
  return Object.entries(machine)
    .map(([name, value]) => `${name.padEnd(width)}  ${value}`)
    .join('\n');
}

export function recipeReport(summary) {
  const { name, recipe, flops_per_step } = summary;
  const shape = Object.entries(recipe).map(([setting, value]) => `${setting} ${value}`);
  return [
    `== ${name}: ${shape.join(', ')}; ${(flops_per_step / 1e9).toFixed(2)} GFLOP a step`,
    stepTable(summary),
    summary.two_threads.length > 0 && speedups(summary),
    summary.peers.length > 0 && peerTable(summary),
    memoryTable(summary),
    opTable(summary),
    leftOut(summary),
  ]
    .filter(Boolean)
    .join('\n\n');
}

export const legend = `${flopsFormula}

% of peak: of the multiply-add in registers that the same process reaches on as many threads.
reads: how many times as long a sampled token takes as reading the weights once.
Every figure is the median of the rounds; ratios are taken round by round.`;

function stepTable({ engines }) {
  const header = ['', 'threads', 'ms/step', 'tokens/s', 'GFLOP/s', '% of peak'];
  header.push('sampled tokens/s', 'reads', 'MB');
  const rows = engines.map((e, i) => [
    numbered(e, i),
    e.threads,
    fixed(e.ms_per_step),
    Math.round(e.tokens_per_second),
    e.gflops.toFixed(1),
    Math.round(100 * e.fraction_of_peak),
    Math.round(e.sample_tokens_per_second),
    e.sampling_over_reading.toFixed(1),
    megabytes(Object.values(e.bytes).reduce((sum, bytes) => sum + bytes, 0)),
  ]);
  return table([header, ...rows]);
}

const numbered = ({ engine }, i) => `${i + 1} ${engine}`;

const speedups = ({ two_threads }) =>
  `Two threads are faster than one: ${two_threads
    .map(({ engine, speedup }) => `${engine} ${speedup.toFixed(2)}`)
    .join(', ')} times.`;

function peerTable({ peers }) {
  const rivals = peers[0].times_as_long_as.map(({ engine, threads }) => `/ ${engine}, ${threads}`);
  const rows = peers.map((peer) => [
    peer.name,
    fixed(peer.ms_per_step),
    peer.gflops.toFixed(1),
    ...peer.times_as_long_as.map(({ ratio }) => ratio.toFixed(2)),
  ]);
  return table([['times as long as ours', 'ms/step', 'GFLOP/s', ...rivals], ...rows]);
}

// Engines that take the same memory share a row.
function memoryTable({ engines }) {
  const kinds = Object.keys(engines[0]?.bytes ?? {});
  const rows = new Map();
  engines.forEach(({ bytes }, i) => {
    const cells = kinds.map((kind) => megabytes(bytes[kind])).join(' ');
    rows.set(cells, [...(rows.get(cells) ?? []), i + 1]);
  });
  const body = [...rows].map(([cells, names]) => [names.join(' '), ...cells.split(' ')]);
  return table([['MB at the most', ...kinds], ...body]);
}

function opTable({ engines }) {
  const ops = new Map(); // op -> its share of each engine's step
  engines.forEach((engine, i) => {
    for (const { op, share } of engine.ops) {
      if (!ops.has(op))
        ops.set(
          op,
          engines.map(() => 0),
        );
      ops.get(op)[i] = share;
    }
  });
  const rows = [...ops]
    .map(([op, shares]) => ({ op, shares, most: Math.max(...shares) }))
    .filter(({ most }) => most >= kLeastShare)
    .sort((x, y) => y.most - x.most)
    .map(({ op, shares }) => [op, ...shares.map((share) => (100 * share).toFixed(1))]);
  return table([['% of a step', ...engines.map((_, i) => `${i + 1}`)], ...rows]);
}

const leftOut = ({ left_out }) =>
  left_out
    .map(
      ({ name, threads, reason }) =>
        `Not measured: ${name}${threads ? `, ${threads} thread${threads > 1 ? 's' : ''}` : ''}: ${reason}`,
    )
    .join('\n');

const fixed = (ms) => ms.toFixed(ms < 100 ? 2 : 0);
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

// The first column to the left, the others to the right.
function table(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => `${row[i]}`.length)));
  const line = (row) =>
    row.map((cell, i) => `${cell}`[i === 0 ? 'padEnd' : 'padStart'](widths[i])).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}
