// The engine's layers: what each room may include, and what one place alone may do.

const kRooms = { base: ['base'] };
kRooms.kernels = [...kRooms.base, 'kernels'];
kRooms.ops = [...kRooms.kernels, 'ops'];
kRooms.model = [...kRooms.ops, 'model'];
kRooms.text = [...kRooms.base, 'text'];
// Not tokenizers: only how errors are worded and JSON is read.
kRooms.io = [
  ...kRooms.base,
  'io',
  'text/words.h',
  'text/json_events.h',
  'text/json_scalar_events.h',
  'text/json_object.h',
];
// The reference stands beside the model and shares only its shapes and the list of its tensors.
kRooms.reference = [
  ...kRooms.base,
  'reference',
  'model/adapters.h',
  'model/config.h',
  'model/parameters.h',
];
kRooms.train = [...kRooms.model, 'reference', 'text', 'io', 'train'];
// Models that leave and come back: no op, no trainer; what decides a model, and how it is written.
kRooms.exchange = [
  ...kRooms.base,
  'exchange',
  'io',
  'text',
  'model/config.h',
  'model/parameters.h',
  'ops/norm.h',
  'ops/rotary.h',
  'train/recipe.h',
  'train/run_header.h',
];
// What looks inside a model, at a copy of it: training knows nothing of it.
kRooms.inspect = [...kRooms.train, 'inspect'];
kRooms.cli = [...kRooms.train, 'exchange', 'inspect', 'cli'];
kRooms.bindings = [...kRooms.train, 'exchange', 'inspect', 'bindings'];

// What one place alone may do. `allowed` names rooms and files.
const kPrivileges = [
  {
    what: 'includes intrinsics',
    pattern: /#\s*include\s*<(\w*intrin|arm_neon|arm_sve|wasm_simd128)\.h>/,
    allowed: ['kernels/simd.h'],
  },
  {
    what: 'uses intrinsics or vector extensions',
    pattern:
      /\b(_mm\d*_\w+|__m(128|256|512)\w*|wasm_[iufv]\d+x?\d*_\w+|v128_t|__builtin_ia32_\w+|vector_size|ext_vector_type)\b/,
    allowed: ['kernels/simd.h'],
  },
  {
    what: 'knows Emscripten',
    pattern: /#\s*include\s*<emscripten[\w/]*\.h>|\bEM_(ASM|JS)\b/,
    allowed: ['bindings'],
  },
  {
    what: 'prints or ends the program',
    pattern:
      /\b(printf|fprintf|puts|fputs|putchar|fwrite\(.*std(out|err)|cout|cerr|clog|abort|exit|_Exit|quick_exit|perror)\b|<iostream>/,
    // CHECK stops at a programmer's mistake and says where.
    allowed: ['cli', 'base/check.cpp'],
  },
  {
    what: 'calls libm, whose bits differ between systems (base/math.h and kernels/vec_math.h have our own)',
    pattern:
      /\bstd::(exp|exp2|expm1|log|log2|log10|log1p|pow|sin|cos|tan|sinh|cosh|tanh|erf|erfc|tgamma|lgamma|cbrt|hypot)[fl]?\s*\(/,
    // The reference is the oracle, in double; entropies are shown, not trained on.
    allowed: ['reference', 'text', 'cli', 'bindings'],
  },
  {
    what: 'throws or catches',
    pattern: /\b(throw|try|catch)\b/,
    allowed: ['cli'],
  },
];

/** What is wrong with one engine file: a list of sentences "file:line: ...". */
export function layerProblems(file, source) {
  const path = file.replace(/^engine\//, '');
  const room = path.split('/')[0];
  if (!kRooms[room])
    return [`${file}: '${room}' is no room of the engine: ${Object.keys(kRooms).join(', ')}`];
  return stripComments(source)
    .split('\n')
    .flatMap((line, i) =>
      lineProblems(line, path, room).map((problem) => `${file}:${i + 1}: ${problem}`),
    );
}

function lineProblems(line, path, room) {
  const include = line.match(/^\s*#\s*include\s*"([^"]+)"/)?.[1];
  const code = include ? '' : line.replace(/"(\\.|[^"\\])*"/g, '""');
  const problems = kPrivileges
    .filter(({ pattern, allowed }) => pattern.test(code) && !covers(allowed, path))
    .map(({ what, allowed }) => `${what}; only ${allowed.join(', ')} may`);
  if (include && !covers(kRooms[room], include)) {
    problems.push(`${room} includes "${include}"; it may include ${kRooms[room].join(', ')}`);
  }
  return problems;
}

const covers = (allowed, path) => allowed.some((one) => path === one || path.startsWith(`${one}/`));

// Comments become blanks, so that line numbers stay.
const stripComments = (source) =>
  source.replace(/"(?:\\.|[^"\\\n])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (found) =>
    found.startsWith('"') ? found : found.replace(/[^\n]/g, ' '),
  );
