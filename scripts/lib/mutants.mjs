// Derives mutants from C++ source: what a slip of the pen in a backward pass would look like. What
// is broken is found by its name, so that a new op is covered by being written.

/**
 * The mutants of one file: of each function whose name has `roots`, and of what it calls of its own
 * file.
 * @returns {{op: string, line: number, mutation: string, source: string}[]} `op` is the function,
 *   `line` counts from 1, `source` is the whole file with that one change
 */
export function mutantsOf(source, roots) {
  const lines = source.split('\n');
  const functions = functionsOf(lines);
  const mutants = [];
  const taken = new Set();
  for (const root of functions.filter(({ name }) => roots.test(name))) {
    for (const one of reachable(root, functions, lines)) {
      for (const change of changesIn(lines, one)) {
        const changed = apply(lines, change);
        if (taken.has(changed)) continue; // of a function that two ops call
        taken.add(changed);
        mutants.push({
          op: root.name,
          line: change.line + 1,
          mutation: change.what,
          source: changed,
        });
      }
    }
  }
  return mutants;
}

/** The names of the functions that mutantsOf breaks. */
export const opsOf = (source, roots) =>
  functionsOf(source.split('\n'))
    .map(({ name }) => name)
    .filter((name) => roots.test(name));

const kDefinition = /^(?!using|struct|class|namespace|constexpr|#|\/\/)[\w[].*?(\w+)\(/;

// Definitions as clang-format has them: they begin at the margin, and a brace at the margin ends
// them. {name, head, first, last}: where it begins, and the lines of its body.
function functionsOf(lines) {
  const functions = [];
  for (let at = 0; at < lines.length; ++at) {
    const name = lines[at].match(kDefinition)?.[1];
    if (!name) continue;
    let open = at;
    while (open < lines.length && !/[{;}]$/.test(lines[open])) ++open;
    if (!lines[open]?.endsWith('{')) continue;
    const last = lines.indexOf('}', open);
    if (last > open + 1) functions.push({ name, head: at, first: open + 1, last: last - 1 });
    at = last;
  }
  return functions;
}

// Functions that give a size or a shape compute nothing of an op.
const kSizes = /^(std::int64_t|\w*Shape|double \w*flops|bool|int) ?/;

// A function and what it calls of its own file.
function reachable(root, functions, lines) {
  const found = [root];
  for (const one of found) {
    const body = lines.slice(one.first, one.last + 1).join('\n');
    for (const other of functions)
      if (
        !found.includes(other) &&
        !kSizes.test(lines[other.head]) &&
        new RegExp(`\\b${other.name}\\(`).test(body)
      )
        found.push(other);
  }
  return found;
}

// What is no arithmetic of the op's: loops (but for what one does on its own line), checks,
// measurements, places.
const kBookkeeping =
  /^\s*(\/\/|for \(.*[^;]$|while \(|CHECK|(const )?(OpTimer|std::int64_t|float\*) )|parallel_for|for_each_\w+\(|add_columns\(/;

// The heads of loops, arguments that say where a number lies, and types are left as they are.
const kAddresses = [
  /\/\/.*/g,
  /\bfor \((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/g,
  /\b(load|load_register|matrix|transposed|part|row|copy_n|fill|seen)\((?:[^()]|\([^()]*\))*\)/g,
  /\b(store|store_register)\([^,]*,/g,
  /\bdot\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/g,
  /\[[^\]]*\]/g,
  /static_cast<[^>]*>/g,
];

const kFactor = '1.001f';

// What it is called, where it applies, what stands there instead.
const kRules = [
  { what: 'a sign', pattern: / \+ /g, put: ' - ' },
  { what: 'a sign', pattern: / - /g, put: ' + ' },
  { what: 'a sign', pattern: /(?<=[(,] )-1(?=[,)])/g, put: '1' },
  { what: 'a factor', pattern: /(?<! \* [\w.:]+) \* /g, put: ` * ${kFactor} * ` }, // one a product
  { what: 'a factor', pattern: / \/ /g, put: ` / ${kFactor} / ` },
  { what: 'a missing accumulation', pattern: /\.accumulate = true/g, put: '.accumulate = false' },
  { what: 'a missing accumulation', pattern: / \+= /g, put: ' = ' },
];

function* changesIn(lines, { head, first, last }) {
  const places = placesIn(lines.slice(head, last + 1).join('\n'));
  for (let line = first; line <= last; ++line) {
    if (kBookkeeping.test(lines[line])) continue;
    const masked = mask(lines[line]);
    for (const { what, pattern, put } of kRules)
      for (const { index, 0: found } of masked.matchAll(pattern)) {
        const to = index + found.length;
        if (isPlace(masked.slice(0, index), masked.slice(to), places)) continue;
        yield { what, line, end: line, from: index, to, put };
      }
    const call = callAt(lines, line, last);
    if (call) yield call;
  }
}

// Of the same length, so that columns stay.
const mask = (line) =>
  kAddresses.reduce(
    (text, pattern) => text.replace(pattern, (found) => '_'.repeat(found.length)),
    line,
  );

// The names of whole numbers and pointers in a function: what it reckons places with.
function placesIn(text) {
  const names = new Set();
  const add = (list) => list.split(/[,\s*&]+/).forEach((name) => names.add(name));
  for (const [, list] of text.matchAll(/\bfloat\s?\*\s?(?:const )?(\w+)/g)) add(list);
  for (const [, name] of text.matchAll(/\b(?:std::u?int64_t|std::size_t|int) (\w+)/g)) add(name);
  for (const [, list] of text.matchAll(/\bstd::int64_t \w+ = [^;]*?, (\w+) =/g)) add(list);
  for (const [, list] of text.matchAll(/auto& \[([^\]]*)\] = block/g)) add(list);
  return names;
}

const kSizeNames = /\.([A-Z]\w*|n_\w+|rows|cols|groups|stride|rank|size)$|kLanes$/;

// Whether an operator stands between places: a number of the shape, an index, a pointer.
function isPlace(before, after, places) {
  const left = before.match(/([\w.:]+)(?:\(\))?$/)?.[1] ?? '';
  const right = after.match(/^[\w.:]+/)?.[0] ?? '';
  return [left, right].some((name) => places.has(name) || kSizeNames.test(name));
}

// A statement that is nothing but a call, which can be left out: it may follow a condition.
function callAt(lines, line, last) {
  const start = lines[line].match(
    /^\s*(?:if \(.*\) )?(?=(?:std::|simd::)?\w+\()(?!if|return|CHECK)/,
  );
  if (!start || !/[;{}]$|^\s*\/\/|^$|\)$/.test(lines[line - 1])) return undefined;
  let end = line;
  while (end <= last && !lines[end].endsWith(';')) {
    if (lines[end].endsWith('{')) return undefined; // a body of its own
    ++end;
  }
  if (end > last) return undefined;
  const name = lines[line].slice(start[0].length).match(/^[\w:]+/)[0];
  return {
    what: `no ${name}`,
    line,
    end,
    from: start[0].length,
    to: lines[end].length,
    put: '(void)0;',
  };
}

// The file with one change, from a column of its first line to a column of its last; lines keep their
// numbers.
function apply(lines, { line, end, from, to, put }) {
  const changed = lines[line].slice(0, from) + put + lines[end].slice(to);
  const blank = Array.from({ length: end - line }, () => '');
  return [...lines.slice(0, line), changed, ...blank, ...lines.slice(end + 1)].join('\n');
}

/** Mutants that compute what the original computes, by "function: line", each with the reason. */
export const kEquivalent = {};
