// A memory that threads share has its largest size settled when it is made, and a browser may refuse
// one that it might not keep: iOS refuses 2 GB (emscripten issue 19144). What a run needs is taken
// from it in one piece, as planned.
const MAXIMA = [65_536, 32_768, 16_384, 8_192]; // pages: 4 GB to 512 MB

// As small as the engine's own code and stacks allow; Emscripten's default.
const INITIAL = 256; // pages: 16 MB

/** The largest shared memory that may be had. Throws the browser's error where none may. */
export function sharedMemory(
  make: (pages: number) => WebAssembly.Memory = makeShared,
): WebAssembly.Memory {
  for (const pages of MAXIMA.slice(0, -1)) {
    try {
      return make(pages);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return make(MAXIMA.at(-1)!);
}

function makeShared(maximum: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: INITIAL, maximum, shared: true });
}
