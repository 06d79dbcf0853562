// Which build of the engine suits the place it runs in. Pure, so that every case can be tested.
import { relaxedSimd, simd } from 'wasm-feature-detect';

export type Instructions = 'simd' | 'relaxed';
export type Kind = 'single' | 'threads';
export type BuildName = `${Instructions}-${Kind}`;

export interface Build {
  readonly name: BuildName;
  readonly threads: number;
}

// What decides, as read from the browser.
export interface Surroundings {
  readonly crossOriginIsolated: boolean;
  readonly sharedArrayBuffer: boolean;
  readonly relaxedSimd: boolean;
  readonly cores: number; // 0 where the browser does not say
}

export interface Wishes {
  readonly instructions?: Instructions;
  readonly kind?: Kind;
  readonly threads?: number;
}

// More threads than this wait for each other longer than they work, at the sizes a page trains.
const MOST_USEFUL_THREADS = 8;

// A relaxed build has both classes of arithmetic; whether the processor fuses only the build itself
// can probe, once it runs.
export function chooseBuild(
  surroundings: Surroundings,
  maxThreads: number,
  wishes: Wishes = {},
): Build {
  const kind = canShare(surroundings) ? (wishes.kind ?? 'threads') : 'single';
  const instructions = surroundings.relaxedSimd ? (wishes.instructions ?? 'relaxed') : 'simd';
  const name: BuildName = `${instructions}-${kind}`;
  if (kind === 'single') return { name, threads: 1 };
  const threads = wishes.threads ?? usefulThreads(surroundings.cores);
  return { name, threads: clamp(threads, 1, maxThreads) };
}

// The build that asks least of a browser; null where this is it.
export function plainerThan({ name }: Build): Build | null {
  return name === 'simd-single' ? null : { name: 'simd-single', threads: 1 };
}

// How many threads may be wished for: as many as there are cores.
export function mostThreads(surroundings: Surroundings, maxThreads: number): number {
  return canShare(surroundings) ? clamp(surroundings.cores, 1, maxThreads) : 1;
}

function canShare({ crossOriginIsolated, sharedArrayBuffer }: Surroundings): boolean {
  return crossOriginIsolated && sharedArrayBuffer;
}

// All of two cores or fewer; of more, one stays free for the page itself.
function usefulThreads(cores: number): number {
  if (cores <= 2) return Math.max(cores, 1);
  return Math.min(cores - 1, MOST_USEFUL_THREADS);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

// `?build=simd-single`, or half of it, and `?threads=3` in the address: to compare builds, and to
// test them.
export function readWishes(search: string): Wishes {
  const params = new URLSearchParams(search);
  const wishes: { -readonly [K in keyof Wishes]: Wishes[K] } = {};
  for (const word of params.get('build')?.split('-') ?? []) {
    if (word === 'simd' || word === 'relaxed') wishes.instructions = word;
    if (word === 'single' || word === 'threads') wishes.kind = word;
  }
  return { ...wishes, ...readThreads(params.get('threads')) };
}

// A number of threads as an address or a storage has it; no wish where it is none.
export function readThreads(words: string | null): Pick<Wishes, 'threads'> {
  const threads = Number(words ?? NaN);
  return Number.isInteger(threads) && threads >= 1 ? { threads } : {};
}

// Whether any build can run here.
export const canRun = () => offers(simd);

// A browser without WebAssembly, as some are set up for safety, has nothing to ask.
function offers(feature: () => Promise<boolean>): Promise<boolean> {
  return feature().catch(() => false);
}

export async function readSurroundings(scope: typeof globalThis): Promise<Surroundings> {
  return {
    crossOriginIsolated: scope.crossOriginIsolated === true,
    sharedArrayBuffer: typeof scope.SharedArrayBuffer === 'function',
    relaxedSimd: await offers(relaxedSimd),
    cores: scope.navigator?.hardwareConcurrency ?? 0,
  };
}
