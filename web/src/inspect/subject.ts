import type * as generated from '../engine/generated/inspect/inspect.mjs';
import type { InspectQuestion, Part } from './messages';
import { once } from './modules';

export type SubjectQuestion = Extract<
  InspectQuestion,
  { type: 'open' | 'read' | 'look' | 'switch' }
>;

// What is looked at: a run's model with what is switched off, and a passage of a text. Modules have
// memories of their own; one that is asked something after a change hears of the subject first.
export class Subject {
  recipe: string | null = null; // of the run, as JSON; null before there is one
  layers = 0;
  heads = 0;
  revision = 0;
  run: Uint8Array | null = null; // its file
  private text: string | null = null;
  private first = 0;
  private off: readonly Part[] = [];

  opened(run: Uint8Array, facts: generated.ModelFacts): void {
    this.recipe = facts.recipe_json as string;
    this.layers = facts.layers;
    this.heads = facts.heads;
    this.run = run;
    this.text = null;
    this.off = [];
    this.revision++;
  }

  // Another passage: what the module that was asked answers tells where it begins.
  looksAt(text: string | null, first: number): void {
    this.text = text ?? this.text;
    this.first = first;
    this.revision++;
  }

  switched(part: Part, on: boolean): void {
    const others = this.off.filter((p) => p.layer !== part.layer || p.head !== part.head);
    this.off = on ? others : [...others, part];
    this.revision++;
  }

  // REQUIRES of the module nothing: it may have had another subject.
  tell(module: generated.Subject): void {
    if (!this.run) return;
    module.open(this.run);
    if (this.text === null) return;
    module.read(this.text);
    module.look(this.first);
    for (const { layer, head } of this.off) module.setPart(layer, head, false);
  }
}

// A module about the subject, loaded when it is first asked for.
export class Side<M extends generated.Subject> {
  // As it is, knowing what it knew.
  readonly loaded: () => Promise<M>;
  private told = 0; // which revision of the subject it knows

  constructor(
    private readonly subject: Subject,
    load: () => Promise<M>,
  ) {
    this.loaded = once(load);
  }

  async ready(): Promise<M> {
    const module = await this.loaded();
    if (this.told !== this.subject.revision) this.subject.tell(module);
    this.knows();
    return module;
  }

  // It was the one that was changed.
  knows(): void {
    this.told = this.subject.revision;
  }
}
