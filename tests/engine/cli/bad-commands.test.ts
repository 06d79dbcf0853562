// Commands, flags and recipes that cannot be: each is refused with a sentence, and costs nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flags, Folder, succeed } from './run';
import { refuse, refuseTraining } from './refused';
import { small, text, trainRun } from './small';

const folder = new Folder();
const textFile = folder.write('text.txt', text);
let run: string;
beforeAll(() => {
  run = trainRun(folder, 'run', small);
});
afterAll(() => folder.remove());

const subcommands = [
  ...['train', 'sample', 'eval', 'export', 'import'],
  ...['gradcheck', 'bench', 'memory', 'health', 'info'],
];

describe('--help', () => {
  it('lists the subcommands', () => {
    const { stdout, stderr } = succeed('--help');
    const listed = stdout.slice(stdout.indexOf('Subcommands:')).matchAll(/^ {2}(\w+) {2}/gm);
    expect([...listed].map(([, name]) => name)).toEqual(subcommands);
    expect(stderr).toBe('');
  });

  it.each(subcommands)('of %s lists its flags', (name) => {
    const { stdout, stderr } = succeed(name, '--help');
    expect(stdout).toMatch(/^ {2}--json {2}/m);
    expect(stderr).toBe('');
  });
});

describe('a command line', () => {
  const all =
    'it must be train, sample, eval, export, import, gradcheck, bench, memory, health or info.';

  it.each([
    [[], `A subcommand is missing; ${all}`],
    [['trian'], `"trian" is no subcommand; ${all}`],
    [['--json'], `"--json" is no subcommand; ${all}`],
    [['two\nlines'], `"two\\x0Alines" is no subcommand; ${all}`],
    [['train'], '--out is required; clearformer train --help lists the flags.'],
    [['eval', '--text', 'x'], '--model is required; clearformer eval --help lists the flags.'],
  ])('without a subcommand or what it needs: %j', (args, sentence) => {
    expect(refuse(...args)).toBe(sentence);
  });

  it.each([
    [['--wat'], 'clearformer train does not know "--wat"; clearformer train --help'],
    [['extra'], 'clearformer train does not know "extra"; clearformer train --help'],
    [['--n_layer', '1'], 'clearformer train does not know "--n_layer"'],
    [['--two\nlines'], 'clearformer train does not know "--two\\x0Alines"'],
    [['--seed'], '--seed needs one value, given once; clearformer train --help'],
    [['--seed', '1', '--seed', '2'], '--seed needs one value, given once'],
    [['--json=maybe'], '--json = maybe; clearformer train --help'],
    [['--json=a\nb'], '--json = a b; clearformer train --help'],
    [['--threads', '0'], '--threads is "0"; it must be a whole number from 1 to 64.'],
    [['--threads', ''], '--threads is ""; it must be a whole number from 1 to 64.'],
    [['--threads', '1\n2'], '--threads is "1\\x0A2"; it must be a whole number from 1 to 64.'],
    [['--threads', '99999999999999999999'], '--threads is "99999999999999999999"; it must be'],
    [['--class', 'loose'], '--class is "loose"; it must be strict or fused.'],
    [['--stop-at', '0'], '--stop-at is "0"; it must be a whole number from 1 to 2,000.'],
    [['--stop-at', '2001'], '--stop-at is "2001"; it must be a whole number from 1 to 2,000.'],
    [['--stop-at', 'end'], '--stop-at is "end"; it must be a whole number from 1 to 2,000.'],
  ])('of train: %j', (args, words) => {
    expect(refuseTraining(folder, run, '--text', textFile, ...args)).toContain(words);
  });

  it('of train without a text', () => {
    expect(refuseTraining(folder, run)).toBe('--text is missing: name the text to learn.');
  });
});

describe('a setting', () => {
  const nLayer = 'it must be a whole number from 1 to 48.';
  const tokenizers = 'it must be char, byte or bpe:N, N a whole number from 257 to 65536.';
  const lr = 'it must be a number from 0 to 10.';

  it.each([
    ['--n-layer', '0', `n_layer is 0; ${nLayer}`],
    ['--n-layer', '-1', `n_layer is -1; ${nLayer}`],
    ['--n-layer', '49', `n_layer is 49; ${nLayer}`],
    ['--n-layer', '1e99', `n_layer is 1e99; ${nLayer}`],
    ['--n-layer', '99999999999999999999', `n_layer is 99999999999999999999; ${nLayer}`],
    ['--n-layer', '1.5', `n_layer is 1.5; ${nLayer}`],
    ['--n-layer', 'nan', `n_layer is "nan"; ${nLayer}`],
    ['--n-layer', '', `n_layer is ""; ${nLayer}`],
    ['--n-layer', 'two\nlines', `n_layer is "two\\x0Alines"; ${nLayer}`],
    ['--n-embd', '0', 'n_embd is 0; it must be a whole number from 1 to 4096.'],
    ['--block-size', '-64', 'block_size is -64; it must be a whole number from 1 to 4096.'],
    ['--batch-size', '4097', 'batch_size is 4097; it must be a whole number from 1 to 4096.'],
    ['--steps', '0', 'steps is 0; it must be a whole number from 1 to 10000000.'],
    ['--lr', '-1', `lr is -1; ${lr}`],
    ['--lr', 'NaN', `lr is "NaN"; ${lr}`],
    ['--lr', 'inf', `lr is "inf"; ${lr}`],
    ['--lr', '', `lr is ""; ${lr}`],
    ['--min-lr', '1', 'min_lr is 1, above lr 0.001; use 0.001 or less.'],
    ['--dropout', '1', 'dropout is 1; it must be a number of at least 0 and below 1.'],
    ['--bias', 'yes', 'bias is "yes"; it must be true or false.'],
    ['--tokenizer', 'words', `tokenizer is "words"; ${tokenizers}`],
    ['--tokenizer', 'bpe:256', `tokenizer is "bpe:256"; ${tokenizers}`],
    ['--n-embd', '10', 'n_embd is 10, which n_head 4 does not divide; use 8 or 12.'],
    ['--norm', 'batch', 'norm is "batch"; it must be layernorm or rmsnorm.'],
    ['--activation', 'relu', 'activation is "relu"; it must be gelu, relu2 or swiglu.'],
    ['--n-kv-head', '3', 'n_kv_head is 3, which does not divide n_head 4; use 0 or 2.'],
  ])('as a flag: %s %j', (flag, value, sentence) => {
    expect(refuseTraining(folder, run, '--text', textFile, flag, value)).toBe(sentence);
  });

  it.each([
    ['{"n_layr":1}', 'There is no setting "n_layr"; did you mean n_layer?'],
    ['{"colour":"red"}', 'There is no setting "colour"; the settings are tokenizer, n_layer, '],
    ['{"two\\nlines":1}', 'There is no setting "two\\x0Alines"; the settings are '],
    ['{"n_layer":0}', `n_layer is 0; ${nLayer}`],
    ['{"n_layer":1e400}', `n_layer is 1e400; ${nLayer}`],
    ['{"n_layer":"2"}', `n_layer is "2"; ${nLayer}`],
    ['{"n_layer":null}', `n_layer is null; ${nLayer}`],
    ['{"n_layer":[2]}', `n_layer is a list; ${nLayer}`],
    ['{"n_layer":1,"n_layer":2}', 'n_layer is given twice; give it once.'],
    ['{"n_embd":10,"n_head":3}', 'n_embd is 10, which n_head 3 does not divide; use 9 or 12.'],
    ['{"lr":NaN}', 'The recipe is not valid JSON: it breaks at byte 7, after '],
    ['{"n_layer":1', 'The recipe is not valid JSON: it ends too early.'],
    ['{"n_layer":1}}', 'The recipe is not valid JSON: it breaks at byte 14, after '],
    ['', 'The recipe is not valid JSON: it ends too early.'],
    ['[]', 'The recipe must be a JSON object; this is a list.'],
    [Uint8Array.of(0x7b, 0xff), 'The recipe is not valid JSON: it breaks at byte 2, after '],
  ])('in a recipe: %s', (json, words) => {
    const recipe = folder.write('recipe.json', json);
    const args = ['--text', textFile, '--recipe', recipe];
    expect(refuseTraining(folder, run, ...args)).toContain(words);
  });

  it.each(['bench', 'gradcheck', 'memory'])('of %s', (name) => {
    expect(refuse(name, '--n-layer', '0')).toBe(`n_layer is 0; ${nLayer}`);
    expect(refuse(name, '--recipe', folder.at('none'))).toContain('Cannot read');
  });
});

describe('a recipe that is larger than the machine is refused before it takes its memory', () => {
  const huge = { n_layer: 48, n_head: 64, n_embd: 4096, block_size: 4096, batch_size: 4096 };
  const words =
    /^This run needs [\d,]+ MB of memory; at most [\d,]+ MB can be had here\. Lower batch_size, /;

  it('by train', () => {
    const args = ['--text', textFile, ...flags({ ...huge, val_fraction: 0 })];
    expect(refuseTraining(folder, run, ...args)).toMatch(words);
  });
  it.each(['bench', 'gradcheck'])('by %s', (name) => {
    expect(refuse(name, ...flags(huge))).toMatch(words);
  });
});

describe('sample', () => {
  const characters = new Set(text).size;

  it.each([
    ['--temperature', '-1', 'temperature is -1; it must be a number from 0 to 100.'],
    ['--temperature', '101', 'temperature is 101; it must be a number from 0 to 100.'],
    ['--temperature', 'nan', 'temperature is NaN; it must be a number from 0 to 100.'],
    ['--temperature', '', '--temperature is ""; it must be a number.'],
    ['--temperature', 'hot', '--temperature is "hot"; it must be a number.'],
    ['--top-p', '0', 'top_p is 0; it must be a number above 0 and at most 1.'],
    ['--top-p', '1.1', 'top_p is 1.1; it must be a number above 0 and at most 1.'],
    ['--top-p', '', '--top-p is ""; it must be a number.'],
    ['--top-k', '-1', '--top-k is "-1"; it must be a whole number from 0 to 2,147,483,647.'],
    ['--top-k', '1.5', '--top-k is "1.5"; it must be a whole number from 0 to 2,147,483,647.'],
    ['--seed', '-1', '--seed is "-1"; it must be a whole number from 0 to 4,294,967,295.'],
    ['--tokens', '0', '--tokens is "0"; it must be a whole number from 1 to 1,000,000.'],
    ['--tokens', '1000001', '--tokens is "1000001"; it must be a whole number from 1 to'],
    ['--tokens', 'many', '--tokens is "many"; it must be a whole number from 1 to 1,000,000.'],
    ['--tokens', '', '--tokens is ""; it must be a whole number from 1 to 1,000,000.'],
    [
      '--prompt',
      'The 狐',
      `The character "狐" (U+72D0) at offset 4 (line 1) is not among the ${characters} characters`,
    ],
  ])('refuses %s %j', (flag, value, words) => {
    expect(refuse('sample', '--model', run, flag, value)).toContain(words);
  });
});

describe('resuming', () => {
  let half: string;
  beforeAll(() => {
    half = folder.at('half');
    const args = ['--text', textFile, '--out', half, '--stop-at', '6'];
    succeed('train', ...args, ...flags(small));
  });

  it.each([
    [['--n-embd', '12'], '--n-embd cannot go with --resume: the recipe is the saved run'],
    [['--min-lr', '9'], 'min_lr is 9, above lr'],
    [['--seed', '1'], '--seed cannot go with --resume'],
    [['--recipe', 'any.json'], '--recipe cannot go with --resume'],
    [['--steps', '5'], 'steps is 5, but 6 are done; it must be at least that.'],
    [['--steps', 'more'], 'steps is "more"; it must be a whole number from 1 to 10000000.'],
    [['--stop-at', '6'], '--stop-at is "6"; it must be a whole number from 7 to 12.'],
    [['--stop-at', '13'], '--stop-at is "13"; it must be a whole number from 7 to 12.'],
    [['--class', 'fused'], '--class is "fused", but the saved run is of class strict'],
  ])('with %j is refused', (args, words) => {
    expect(refuseTraining(folder, run, '--resume', half, ...args)).toContain(words);
  });

  it('with another text is refused', () => {
    const other = folder.write('other.txt', `${text}.`);
    const sentence = refuseTraining(folder, run, '--resume', half, '--text', other);
    expect(sentence).toContain('other.txt" is not the one that this run learns. Leave --text out');
  });

  it('a finished run with --stop-at is refused', () => {
    expect(refuseTraining(folder, run, '--resume', run, '--stop-at', '12')).toBe(
      '--stop-at is "12", but all 12 steps of the schedule are done. Raise --steps to go on.',
    );
  });
});
