// The process of Node that one measurement of a WebAssembly build runs in.
//   node bench-node.mjs REQUEST    (bench-measure.mjs) prints what it answers as JSON
import { setFlagsFromString } from 'node:v8';
import { measure } from './bench-measure.mjs';

// From Node 21 on relaxed SIMD needs no switch.
if (process.versions.node.startsWith('20.')) {
  setFlagsFromString('--experimental-wasm-relaxed-simd');
}
const answer = await measure(JSON.parse(process.argv[2])).catch((error) => ({
  refused: error.message,
}));
// The engine's threads would keep the process alive.
process.stdout.write(JSON.stringify(answer), () => process.exit(0));
