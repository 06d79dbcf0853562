import { effect, signal, untracked } from '@preact/signals';
import { encodeLink, LONGEST_LINK } from '../share/link';
import type { Arithmetic } from '../engine/types';
import type { Shared, SharedRun } from '../share/shared';
import type { EngineState } from './engine-state';
import { formatCount } from './format';
import type { RecipeState } from './recipe-state';
import type { RunState, RunSummary } from './run-state';
import { sharedText } from './share-text';
import type { TextState } from './text-state';
import type { WritingState } from './writing-state';

// What goes along by choice; the rest of a link is short and tells nothing of the text itself.
export interface Along {
  readonly prompt: boolean;
  readonly text: boolean;
  readonly model: boolean;
}

export type LinkStatus =
  | { name: 'making' }
  | { name: 'made'; fragment: string; shared: Shared }
  | { name: 'none'; reason: string };

const nothingAlong: Along = { prompt: false, text: false, model: false };

// The link to the run at hand, or to the recipe and text of the next one, made while it is looked at.
export class ShareState {
  readonly open = signal(false);
  readonly along = signal<Along>(nothingAlong);
  readonly link = signal<LinkStatus>({ name: 'making' });
  private asked = 0;

  constructor(
    private readonly engine: EngineState,
    private readonly text: TextState,
    private readonly recipe: RecipeState,
    private readonly run: RunState,
    private readonly writing: WritingState,
  ) {
    effect(() => {
      if (!this.open.value) return;
      // What the link depends on; a running run is taken as it is when it is looked at.
      void [this.along.value, this.run.run.value, this.run.phase.value, this.run.alive.value];
      void [this.writing.prompt.value, this.writing.options.value, this.writing.stop.value];
      void [this.recipe.recipe.value, this.text.text.value];
      untracked(() => void this.make());
    });
  }

  // The run that a link tells of; null where it tells of the next one.
  get subject(): RunSummary | null {
    return this.run.alive.value ? this.run.run.value : null;
  }

  choose(along: Partial<Along>): void {
    this.along.value = { ...this.along.value, ...along };
  }

  private async make(): Promise<void> {
    const asked = ++this.asked;
    this.link.value = { name: 'making' };
    const status = await this.read();
    if (asked === this.asked) this.link.value = status;
  }

  private async read(): Promise<LinkStatus> {
    const run = this.subject;
    const recipe = run?.recipe ?? this.recipe.recipe.value;
    const text = run?.text ?? this.text.text.value;
    if (!recipe)
      return none('A setting of the recipe cannot be read. Mend it, and the link is here.');
    if (!text) return none('There is no text yet.');
    const along = this.along.value;
    const { prompt, options, stop } = this.writing;
    const model = run && along.model ? await this.pack() : null;
    if (model && 'reason' in model) return model;
    const shared: Shared = {
      recipe,
      text: await sharedText(text, along.text),
      run: run && (await this.identify(run)),
      writing: along.prompt
        ? { prompt: prompt.value, options: options.value, stop: stop.value }
        : null,
      model,
    };
    const fragment = await encodeLink(shared);
    if (fragment.length > LONGEST_LINK) {
      return none(
        `The link would have ${formatCount(fragment.length)} characters; ` +
          `${formatCount(LONGEST_LINK)} is the most. Save the run as a file instead.`,
      );
    }
    return { name: 'made', fragment, shared };
  }

  // Nothing can be compared with weights that took no step, with a run whose schedule was changed on
  // the way, or with one that began with a model: its recipe alone does not lead there.
  private async identify(run: RunSummary): Promise<SharedRun | null> {
    if (this.run.pastSchedules.value.length > 0 || run.info.from_model) return null;
    const answer = await this.engine.ask({ type: 'identify' });
    if (answer.type === 'refused' || answer.step === 0) return null;
    const { step, fingerprint } = answer;
    return { arithmetic: run.info.fingerprint_class as Arithmetic, step, fingerprint };
  }

  private async pack(): Promise<Uint8Array<ArrayBuffer> | { name: 'none'; reason: string }> {
    const answer = await this.engine.ask({ type: 'pack' });
    return answer.type === 'refused' ? none(answer.error.message) : answer.bytes;
  }
}

function none(reason: string): { name: 'none'; reason: string } {
  return { name: 'none', reason };
}
