import { computed, signal } from '@preact/signals';
import type { RunState } from '../state/run-state';
import type { InspectPort } from './in-worker';
import type { StepProfile, Timeline } from './messages';

const PROFILE_SECONDS = 0.6;

// What a step's memory is needed for and when, and where its time goes.
export class MemoryState {
  readonly timeline = signal<Timeline | null>(null);
  readonly moment = signal(0); // the op looked at
  readonly profile = signal<StepProfile | null>(null);
  readonly profiling = signal(false);
  readonly problem = signal<string | null>(null);

  // The buffers alive at the moment, the largest first.
  readonly alive = computed(() => {
    const at = this.moment.value;
    const buffers = this.timeline.value?.buffers ?? [];
    return buffers
      .filter(({ alive }) => alive.some(([from, to]) => from <= at && at <= to))
      .sort((a, b) => b.bytes - a.bytes);
  });

  constructor(
    private readonly run: RunState,
    private readonly port: InspectPort,
  ) {}

  async plan(): Promise<void> {
    const threads = this.run.run.peek()?.info.threads ?? 1;
    const answer = await this.port.ask({ type: 'timeline', threads });
    if (answer.type !== 'timeline') return;
    const known = this.timeline.peek()?.moments.length === answer.timeline.moments.length;
    this.timeline.value = answer.timeline;
    if (!known) this.moment.value = peakOf(answer.timeline);
  }

  look(moment: number): void {
    const last = (this.timeline.peek()?.moments.length ?? 1) - 1;
    this.moment.value = Math.min(Math.max(Math.round(moment), 0), last);
  }

  async measure(): Promise<void> {
    if (this.profiling.peek()) return;
    this.profiling.value = true;
    const answer = await this.port.ask({ type: 'profile', seconds: PROFILE_SECONDS });
    this.profiling.value = false;
    this.problem.value = answer.type === 'refused' ? answer.error.message : null;
    if (answer.type === 'profiled') this.profile.value = answer.profile;
  }
}

// The moment at which most is alive.
function peakOf({ moments, peak }: Timeline): number {
  return Math.max(
    moments.findIndex(({ alive }) => alive === peak),
    0,
  );
}
