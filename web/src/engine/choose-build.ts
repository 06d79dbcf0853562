// Which build of the engine suits the place it runs in. Pure, so that every case can be tested.

export type BuildName = 'single' | 'threads';

export interface Build {
  readonly name: BuildName;
  readonly threads: number;
}

// What decides, as read from the browser.
export interface Surroundings {
  readonly crossOriginIsolated: boolean;
  readonly sharedArrayBuffer: boolean;
  readonly cores: number; // 0 where the browser does not say
}

// More threads than this wait for each other longer than they work, at the sizes a page trains.
const MOST_USEFUL_THREADS = 8;

export function chooseBuild(
  surroundings: Surroundings,
  maxThreads: number,
  wishes: Partial<Build> = {},
): Build {
  const canShare = surroundings.crossOriginIsolated && surroundings.sharedArrayBuffer;
  const name = canShare ? (wishes.name ?? 'threads') : 'single';
  if (name === 'single') return { name, threads: 1 };
  const threads = wishes.threads ?? usefulThreads(surroundings.cores);
  return { name, threads: clamp(threads, 1, maxThreads) };
}

// All of two cores or fewer; of more, one stays free for the page itself.
function usefulThreads(cores: number): number {
  if (cores <= 2) return Math.max(cores, 1);
  return Math.min(cores - 1, MOST_USEFUL_THREADS);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

// `?build=single` and `?threads=3` in the address: to compare builds, and to test them.
export function readWishes(search: string): Partial<Build> {
  const params = new URLSearchParams(search);
  const wishes: { name?: BuildName; threads?: number } = {};
  const name = params.get('build');
  if (name === 'single' || name === 'threads') wishes.name = name;
  const threads = Number(params.get('threads') ?? NaN);
  if (Number.isInteger(threads) && threads >= 1) wishes.threads = threads;
  return wishes;
}

export function readSurroundings(scope: typeof globalThis): Surroundings {
  return {
    crossOriginIsolated: scope.crossOriginIsolated === true,
    sharedArrayBuffer: typeof scope.SharedArrayBuffer === 'function',
    cores: scope.navigator?.hardwareConcurrency ?? 0,
  };
}
