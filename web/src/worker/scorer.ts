import type { CorpusSeed } from '../corpora/corpora';
import { heldOutQuestions, type Question } from '../corpora/task';
import type { EngineSession, SampleOptions } from '../engine/types';
import type { Mistake, RunEvent } from '../protocol/to-page';

// Enough that a point more or less is no accident, few enough that an evaluation stays short: a
// question is some twenty tokens, far less than a step.
const QUESTIONS = 64;

const GREEDY: Omit<SampleOptions, 'max_tokens'> = {
  temperature: 0,
  top_k: 0,
  top_p: 1,
  seed: 1,
  alternatives: 0,
};

// The questions that go with a sample text, where it is that of a task; none else.
export function questionsOf(text: CorpusSeed | null): readonly Question[] {
  return text?.corpus.draw ? heldOutQuestions(text.corpus.draw, text.seed, QUESTIONS) : [];
}

// A prompt without the space at its end: tokens of several characters have it with what follows.
function beforeSpace(prompt: string): string {
  return prompt.trimEnd();
}

// Asks the model questions that its text does not answer, and counts the answers that are right to
// the last character.
export class Scorer {
  private next = 0;
  private right = 0;
  private step = 0;
  private mistake: Mistake | null = null;
  private active = false;

  constructor(
    private readonly session: EngineSession,
    private readonly runId: number,
    private readonly questions: readonly Question[],
    private readonly post: (event: RunEvent) => void,
  ) {}

  get busy(): boolean {
    return this.active;
  }

  begin(step: number): void {
    this.active = this.questions.length > 0;
    this.next = this.right = 0;
    this.mistake = null;
    this.step = step;
  }

  stop(): void {
    this.active = false;
  }

  // Asks one question. REQUIRES: busy, and no text being written: the session writes one at a time.
  ask(): void {
    const question = this.questions[this.next++]!;
    const { prompt, answer } = question;
    const written = this.answer(question);
    if (beforeSpace(prompt) + written === prompt + answer) this.right++;
    else this.mistake ??= { prompt, answer, written: written.trimStart() };
    if (this.next < this.questions.length) return;
    this.active = false;
    const { runId, step, right, mistake } = this;
    this.post({ type: 'scored', runId, step, right, of: this.questions.length, mistake });
  }

  // What the model writes up to the end of the line, with the space before the answer; a little more
  // than the right answer is enough to know that it is wrong.
  private answer({ prompt, answer }: Question): string {
    const asked = beforeSpace(prompt);
    const most = prompt.length - asked.length + answer.length + 1;
    const error = this.session.beginSample(`\n${asked}`, { ...GREEDY, max_tokens: most });
    if (error.code) return '';
    let written = '';
    for (let i = 0; i < most && !written.includes('\n'); i++) {
      written += this.session.nextSample().text;
    }
    return written.split('\n')[0] ?? '';
  }
}
