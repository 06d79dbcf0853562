import { beforeEach, describe, expect, it } from 'vitest';
import type { ExchangeAnswer, ExchangeQuestion } from '../../../web/src/exchange/messages';
import type { App } from '../../../web/src/state/app';
import { file, Stage } from '../doubles/app';
import { writeFile } from '../doubles/run-file';

let asked: ExchangeQuestion[];
let answers: (question: ExchangeQuestion) => Promise<ExchangeAnswer>;
let stage: Stage;
let app: App;
beforeEach(async () => {
  asked = [];
  stage = await Stage.begin((question) => {
    asked.push(question);
    return answers(question);
  });
  ({ app } = stage);
});

// Tensors that are none of ours.
function foreign(): Uint8Array<ArrayBuffer> {
  const words = new TextEncoder().encode('{}');
  return Uint8Array.from([words.length, 0, 0, 0, 0, 0, 0, 0, ...words]);
}
const folder = () => [file(foreign(), 'fox.safetensors'), file('{}', 'config.json')];

describe('an export', () => {
  it('is of the run at hand, and called after it', async () => {
    answers = () =>
      Promise.resolve({ type: 'exported', file: { name: 'x.gguf', bytes: foreign() } });
    await stage.pausedAt(3);
    expect(await app.exchange.export('gguf', 'q8_0')).toMatchObject({ name: 'x.gguf' });
    const saved = await app.files.save();
    expect(asked).toEqual([
      {
        type: 'export',
        run: saved!.bytes,
        format: 'gguf',
        dtype: 'q8_0',
        name: 'tiny-stories-step-3',
      },
    ]);
  });

  it('that fails is told, and the run goes on', async () => {
    answers = () => Promise.reject(new Error('no such worker'));
    await stage.pausedAt(1);
    expect(await app.exchange.export('hf')).toBeNull();
    expect(app.keeper.error.value?.message).toBe('Exporting the model failed: no such worker.');
    expect(app.keeper.busy.value).toBeNull();
    await stage.pausedAt(2);
  });
});

describe('a model that is dropped', () => {
  const imported = () => {
    const recipe = JSON.parse(JSON.stringify(app.recipe.recipe.value)) as never;
    const text = new TextDecoder().decode(app.text.text.value!.bytes);
    const run = { recipe, past: [], text, step: 0, losses: [], evals: [] };
    return { type: 'imported', run: writeFile(run) as Uint8Array<ArrayBuffer> } as const;
  };

  it('begins a run that learns the text at hand; the run before can be had back', async () => {
    answers = () => Promise.resolve(imported());
    await stage.pausedAt(3);
    await app.bring.openFiles(folder());
    expect(asked).toMatchObject([
      {
        type: 'import',
        files: [{ name: 'fox.safetensors' }, { name: 'config.json' }],
        lora: { rank: 0, alpha: 16 },
      },
    ]);
    expect((asked[0] as { text: Uint8Array }).text).toEqual(app.text.text.value?.bytes);
    expect(app.run.step.value).toBe(0);
    expect(app.run.alive.value).toBe(true);
    expect(app.text.text.value?.corpus).toBe('tiny-stories');
    await app.undo.take();
    expect(app.run.step.value).toBe(3);
  });

  it('is adapted as the controls say', async () => {
    answers = () => Promise.resolve(imported());
    app.recipe.set('lora_rank', '8');
    app.recipe.set('lora_alpha', '12.5');
    await app.bring.openFiles(folder());
    expect(asked).toMatchObject([{ type: 'import', lora: { rank: 8, alpha: 12.5 } }]);
    expect(app.recipe.recipe.value).toMatchObject({ lora_rank: 8 });
  });

  it('waits until the controls can be read', async () => {
    app.recipe.set('lora_rank', 'eight');
    await app.bring.openFiles(folder());
    expect(app.keeper.error.value?.message).toMatch(/^LoRA rank is “eight”; it must be a whole/);
    expect(asked).toEqual([]);
  });

  it('and refused leaves all as it was', async () => {
    const error = { code: 'file', where: '', message: 'It has 2 tokens.' };
    answers = () => Promise.resolve({ type: 'refused', error });
    await stage.pausedAt(2);
    await app.bring.openFiles(folder());
    expect(app.keeper.error.value).toEqual(error);
    expect(app.run.step.value).toBe(2);
  });

  it('is told from texts and runs, which nobody asks the exchange about', async () => {
    answers = () => Promise.reject(new Error('was asked'));
    await stage.pausedAt(1);
    const saved = await app.files.save();
    await app.bring.openFile(file(saved!.bytes, 'run.safetensors'));
    await app.bring.openFiles([file('a fox. '.repeat(50), 'a.txt'), file('b', 'b.txt')]);
    expect(app.keeper.error.value).toBeNull();
    expect(asked).toEqual([]);
  });
});
