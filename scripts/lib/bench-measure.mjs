// Measures one recipe in one WebAssembly build: in a process of Node, or in a worker of a browser.
// It imports nothing, so that a browser can load it as it lies.

/**
 * @param {{engine: string, threads: number, recipe: object, seconds: number, arithmetic: string}} request
 *   `engine` is the address of a build's bench.mjs.
 * @returns {Promise<{result: object} | {refused: string}>} the engine's bench event, or why not.
 */
export async function measure({ engine, threads, recipe, seconds, arithmetic }) {
  const { default: create } = await import(engine);
  const module = await create({ threads });
  if (arithmetic === 'fused' && !module.canFuse()) {
    return { refused: 'this processor does not fuse relaxed multiply-add' };
  }
  const fused = arithmetic === 'fused';
  const { error, json } = module.benchmark(JSON.stringify(recipe), seconds, threads, fused);
  return error.code ? { refused: error.message } : { result: JSON.parse(json) };
}
