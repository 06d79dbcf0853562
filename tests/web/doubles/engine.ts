// A double of the engine's bindings: it keeps the same books (steps, evaluations, refusals, files)
// and trains nothing. For tests of what stands around the engine.
import type {
  Engine,
  EngineError,
  HistoryReport,
  SampleOptions,
} from '../../../web/src/engine/types';
import { readFile, writeFile, type Kept } from './run-file';

const FINE: EngineError = { code: '', where: '', message: '' };

export interface DoubleOptions {
  // Called in each step; may throw, as a trap of WebAssembly does.
  onStep?: (step: number) => EngineError | void;
}

const error = (code: string, message: string, where = ''): EngineError => ({
  code,
  where,
  message,
});

function lossAt(step: number): number {
  const noise = Math.sin(step * 12.9898) * 0.05;
  return 0.9 + 3.1 * Math.exp(-step / 220) + noise;
}

export function makeEngineDouble(options: DoubleOptions = {}): Engine {
  const inspectText: Engine['inspectText'] = (bytes) => {
    const empty = { bytes: bytes.length, characters: 0, tokens: 0, vocab_size: 0 };
    const rest = { unigram_entropy: 0, bigram_entropy: 0, ids: new Uint8Array(), merges: '' };
    if (bytes.length === 0) {
      return {
        error: error('text', 'The text is empty; it needs at least one character.'),
        ...empty,
        ...rest,
      };
    }
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      return { error: error('text', 'The text is not valid UTF-8.'), ...empty, ...rest };
    }
    const characters = [...text];
    return {
      error: FINE,
      bytes: bytes.length,
      characters: characters.length,
      tokens: characters.length,
      vocab_size: new Set(characters).size,
      unigram_entropy: 2.9,
      bigram_entropy: 2.2,
      ids: new Uint8Array(Uint32Array.from(characters, (each) => each.codePointAt(0)!).buffer),
      merges: '',
    };
  };

  const planRecipe: Engine['planRecipe'] = (json, vocabSize, tokens) => {
    const recipe = JSON.parse(json) as Record<string, number>;
    const { n_layer: layers = 0, n_embd: width = 0, n_head: heads = 1 } = recipe;
    const parameters = 12 * layers * width * width + vocabSize * width;
    let refusal = FINE;
    if (width % heads !== 0) {
      refusal = error(
        'setting',
        `Width is ${width}; it must be a multiple of the ${heads} heads.`,
        'n_embd',
      );
    }
    return {
      error: refusal,
      parameters,
      flops_per_step: 6 * parameters,
      total_bytes: parameters * 24,
      parameter_bytes: parameters * 4,
      gradient_bytes: parameters * 4,
      optimizer_bytes: parameters * 8,
      activation_bytes: parameters * 6,
      scratch_bytes: parameters * 2,
      text_bytes: tokens * 2,
    };
  };

  class Session {
    private kept: Kept | null = null;
    private evaluated = 0;
    private written = 0;
    private wanted = 0;
    private alternatives = 0;
    private place = 0;

    start(json: string, bytes: Uint8Array): EngineError {
      const report = inspectText(bytes, 'char', false);
      if (report.error.code) return report.error;
      const plan = planRecipe(json, report.vocab_size, report.tokens, 1);
      if (plan.error.code) return plan.error;
      const { block_size: block } = JSON.parse(json) as Kept['recipe'];
      if (report.tokens * 0.1 <= block) {
        const { tokens } = report;
        return error('text', `The text has ${tokens} tokens; a context of ${block} needs more.`);
      }
      const text = new TextDecoder().decode(bytes);
      this.kept = {
        recipe: JSON.parse(json) as Kept['recipe'],
        past: [],
        text,
        step: 0,
        losses: [],
        evals: [],
      };
      return FINE;
    }
    load(bytes: Uint8Array): EngineError {
      const kept = readFile(bytes);
      if (!kept) return error('file', 'The file is not a run of Clearformer.');
      this.kept = kept;
      return FINE;
    }
    packModel() {
      return this.save();
    }
    openModel(bytes: Uint8Array) {
      const error = this.load(bytes);
      if (error.code) return { error, step: 0, recipe_json: '', parameters: 0, vocab_size: 0 };
      return { ...this.info(), error };
    }
    hasRun() {
      return this.kept !== null;
    }
    info() {
      const { recipe, past, text, step } = this.run;
      const report = inspectText(new TextEncoder().encode(text), 'char', false);
      return {
        ...report,
        error: FINE,
        step,
        steps: recipe.steps,
        recipe_json: JSON.stringify(recipe),
        past_schedules_json: JSON.stringify(past),
        from_model: Number((recipe as { lora_rank?: number }).lora_rank ?? 0) > 0, // which the engine starts in no other way
        parameters: 1000,
        train_tokens: Math.floor(report.tokens * 0.9),
        val_tokens: Math.ceil(report.tokens * 0.1),
        val_bytes: Math.ceil(report.tokens * 0.1) * 2,
        text_bytes: report.bytes,
        fingerprint_class: 'strict',
        threads: 1,
      };
    }
    step() {
      const kept = this.run;
      const refusal = options.onStep?.(kept.step + 1) ?? FINE;
      const { lr, batch_size, block_size } = kept.recipe;
      const diverged = refusal.code === 'diverged';
      if (!refusal.code) kept.losses.push(lossAt(++kept.step));
      const loss = diverged ? Infinity : (kept.losses.at(-1) ?? NaN);
      return {
        error: refusal,
        step: kept.step + (diverged ? 1 : 0),
        loss,
        lr,
        grad_norm: 1,
        tokens: batch_size * block_size,
        evaluation_due: this.evaluationDue(),
        what: 0,
        magnitude: 3e38,
      };
    }
    evaluationDue() {
      const { step, recipe, evals } = this.run;
      const scheduled = step > 0 && (step % recipe.eval_every === 0 || step >= recipe.steps);
      return scheduled && evals.at(-1)?.[0] !== step;
    }
    beginEvaluation() {
      this.evaluated = 0;
      return FINE;
    }
    continueEvaluation() {
      const kept = this.run;
      const done = ++this.evaluated >= 4;
      const loss = lossAt(kept.step);
      if (done) kept.evals.push([kept.step, loss, loss + 0.1]);
      const fraction = this.evaluated / 4;
      return {
        error: FINE,
        done,
        fraction,
        step: kept.step,
        train_loss: loss,
        val_loss: loss + 0.1,
      };
    }
    changeSchedule(steps: number, lr: number, minLr: number, gradClip: number) {
      const { recipe, past, step: until } = this.run;
      if (minLr > lr) return error('setting', `min_lr is ${minLr}, above lr ${lr}.`, 'min_lr');
      const { steps: before, lr: rate, min_lr, grad_clip } = recipe;
      if (until > 0) past.push({ until, steps: before, lr: rate, min_lr, grad_clip });
      Object.assign(recipe, { steps, lr, min_lr: minLr, grad_clip: gradClip });
      return FINE;
    }
    beginSample(prompt: string, options: SampleOptions) {
      const { max_tokens, seed, alternatives } = options;
      this.alternatives = alternatives;
      const { text, step } = this.run;
      const stranger = [...prompt].find((character) => !text.includes(character));
      if (stranger)
        return error('text', `The text has no “${stranger}”, so the model cannot read it.`);
      this.written = 0;
      this.wanted = max_tokens;
      this.place = (seed * 7919 + step * 31) % text.length;
      return FINE;
    }
    // Text read back with letters that get righter as the run goes on.
    nextSample() {
      const { text, step } = this.run;
      const at = (this.place + this.written) % text.length;
      const right = Math.abs(Math.sin(at * 78.233 + step)) < Math.min(1, 0.4 + step / 900);
      const character = right ? text[at]! : text[(at * 17) % text.length]!;
      this.written++;
      const told = [character, 'e', ' '].slice(0, this.alternatives);
      return {
        error: FINE,
        done: this.written >= this.wanted,
        id: 0,
        text: character,
        piece: character,
        probability: this.alternatives > 0 ? 0.5 : 0,
        alternatives: told,
        alternative_probabilities: Float32Array.from(told, (_, i) => 0.5 / 2 ** i),
      };
    }
    measureSpeed() {
      return { error: FINE, flops_per_second: 1e9 };
    }
    save() {
      const bytes = writeFile(this.run);
      return { error: FINE, bytes };
    }
    fingerprint() {
      const { step, recipe } = this.run;
      return (step * 7919 + recipe.seed).toString(16).padStart(16, '0');
    }
    history(): HistoryReport {
      const { losses, evals } = this.run;
      const column = (i: 0 | 1 | 2) => Float32Array.from(evals, (entry) => entry[i]);
      const flat = new Float32Array(losses.length);
      return {
        steps: {
          step: Float32Array.from(losses, (_, i) => i + 1),
          loss: Float32Array.from(losses),
          lr: flat,
          grad_norm: flat,
        },
        evals: { step: column(0), train_loss: column(1), val_loss: column(2) },
      };
    }
    text() {
      return new TextEncoder().encode(this.run.text);
    }
    delete() {
      this.kept = null;
    }
    private get run(): Kept {
      if (!this.kept) throw new Error('the double has no run');
      return this.kept;
    }
  }

  return {
    settings: () => '{}',
    memoryLimit: () => 4 * 2 ** 30,
    canFuse: () => false,
    inspectText,
    planRecipe,
    Session,
  };
}
