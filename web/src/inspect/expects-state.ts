import { signal, type ReadonlySignal } from '@preact/signals';
import type { InspectPort } from './in-worker';
import type { Expectations, Lens } from './messages';

// Tokens that each stage names, and that the model goes on by.
export const PER_STAGE = 5;
export const GOES_ON_BY = 60;

// What the model expects at each position, stage by stage, how it goes on, and what its parts are
// worth to it.
export class ExpectsState {
  readonly expectations = signal<Expectations | null>(null); // at the position looked at
  readonly lens = signal<Lens | null>(null);
  readonly worth = signal<Float32Array | null>(null);
  readonly goesOn = signal<string | null>(null);

  constructor(
    private readonly port: InspectPort,
    private readonly position: ReadonlySignal<number>,
  ) {}

  // All of it, of the model as it is switched. What comes late is dropped.
  async refresh(isStale: () => boolean): Promise<void> {
    await this.expect();
    const lens = await this.port.ask({ type: 'lens' });
    if (isStale()) return;
    if (lens.type === 'lens') this.lens.value = lens.lens;
    const continued = await this.port.ask({ type: 'continue', tokens: GOES_ON_BY });
    if (isStale()) return;
    if (continued.type === 'continued') this.goesOn.value = continued.text;
    const worth = await this.port.ask({ type: 'worth' });
    if (!isStale() && worth.type === 'worth') this.worth.value = worth.worth;
  }

  async expect(): Promise<void> {
    const position = this.position.peek();
    const answer = await this.port.ask({ type: 'expectations', position, perStage: PER_STAGE });
    if (answer.type === 'expectations' && position === this.position.peek())
      this.expectations.value = answer.expectations;
  }
}
