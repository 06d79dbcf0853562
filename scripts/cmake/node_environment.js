// Emscripten gives a program an environment of its own; the shards of CTest are told by variables.
Module['preRun'] = () => Object.assign(ENV, process.env);

// Node 20 has relaxed SIMD behind a flag; later ones need none and do not know it.
if (process.versions.node.startsWith('20.')) {
  require('node:v8').setFlagsFromString('--experimental-wasm-relaxed-simd');
}
