// NumPy and PyTorch at the same recipe, on one thread, where Debian's packages of them are installed;
// in the browser jax-js.
import { existsSync, readFileSync } from 'node:fs';
import { vocabSize } from './bench-recipes.mjs';
import { runForJson, runProcess } from './bench-process.mjs';
import { at } from './paths.mjs';

const kPython = '/usr/bin/python3';
const kApt = 'sudo apt-get install python3-numpy libopenblas0 python3-torch';
const kLibraries = { numpy: 'NumPy', torch: 'PyTorch' };
const kAllocators = {
  default: {},
  // The most that glibc lets the heap serve, and a heap that is not given back after each step.
  tuned: { MALLOC_MMAP_THRESHOLD_: `${32 << 20}`, MALLOC_TOP_PAD_: `${1 << 30}` },
};

/**
 * @param browser of bench-browser.mjs, or undefined
 * @returns {Promise<{peers: object[], versions: object, missing: string[]}>} peers are {name,
 *   library, allocator, measure(recipe, seconds)}; measure gives {result: {ms_per_step, loss}} or
 *   {refused: why not}. `missing` says what is not there and how to have it.
 */
export async function findPeers(browser) {
  const found = { peers: [], versions: {}, missing: [] };
  for (const [library, title] of Object.entries(kLibraries)) {
    const { version, problem } = await probe(library, title);
    if (problem) {
      found.missing.push(`${problem}: on Debian, ${kApt}`);
      continue;
    }
    found.versions[title] = `${version} over OpenBLAS`;
    for (const allocator of Object.keys(kAllocators)) {
      const name = `${title}, ${allocator} allocator`;
      found.peers.push({ name, library, allocator, measure: measurer(library, allocator) });
    }
  }
  if (browser) addJax(found, browser);
  return found;
}

function addJax(found, browser) {
  const { version } = JSON.parse(readFileSync(at('node_modules/@jax-js/jax/package.json'), 'utf8'));
  found.versions['jax-js'] = `${version}, its WebAssembly backend in Chromium`;
  for (const isolated of [false, true])
    found.peers.push({
      name: `jax-js in Chromium, ${isolated ? 'isolated' : 'not isolated'}`,
      library: 'jax',
      measure: (recipe, seconds) => browser.measureJax({ recipe, vocabSize, seconds }, isolated),
    });
}

// Debian's NumPy also runs on the reference BLAS, ten times as slow: that is no yardstick.
async function probe(library, title) {
  if (!existsSync(kPython)) return { problem: `${title} is not measured, ${kPython} is missing` };
  const script = `import json, ${library}
print(json.dumps([${library}.__version__, "openblas" in open("/proc/self/maps").read()]))`;
  const { status, stdout } = await runProcess(kPython, ['-c', script], environment('default'));
  if (status !== 0) return { problem: `${title} is not measured, ${kPython} does not have it` };
  const [version, overOpenBlas] = JSON.parse(stdout);
  return overOpenBlas ? { version } : { problem: `${title} is not measured, it lacks OpenBLAS` };
}

const measurer = (library, allocator) => async (recipe, seconds) => {
  const request = JSON.stringify({ recipe, vocab_size: vocabSize, seconds });
  const program = at('tests/bench/peers', `${library}_step.py`);
  const answer = await runForJson(kPython, ['-B', program, request], environment(allocator));
  return answer.refused ? answer : { result: answer };
};

// One thread, the kernels that OpenBLAS chooses for this processor, the allocator that was asked for.
function environment(allocator) {
  const own = ([name]) => !name.startsWith('OPENBLAS_') && !(name in kAllocators.tuned);
  const env = Object.fromEntries(Object.entries(process.env).filter(own));
  const threads = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
  return { ...env, ...threads, ...kAllocators[allocator] };
}
