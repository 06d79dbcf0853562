import { computed, signal } from '@preact/signals';
import { groupsOf, type Health, type LrSearch, type Quantity } from './health';
import type { InspectPort } from './in-worker';
import { thinned } from './snapshots';

// So many steps of a run are remembered.
export const MOST_REMEMBERED = 40;
// Steps of the search at a time, so that it can be seen to go on, and stopped.
const AT_A_TIME = 2;

// How a run does, over its training as far as it was looked at; and a search for its learning rate.
export class HealthState {
  readonly all = signal<readonly Health[]>([]); // by growing step, spread over all of them
  readonly problem = signal<string | null>(null);
  readonly quantity = signal<Quantity>('ratio');
  readonly group = signal(0); // the one whose tensors are told of
  readonly search = signal<LrSearch | null>(null);
  readonly searching = signal(false);
  readonly searchProblem = signal<string | null>(null);

  readonly newest = computed(() => this.all.value.at(-1) ?? null);
  readonly groups = computed(() => this.all.value.map(groupsOf)); // of each that is remembered

  private run: number | null = null;
  private revision = 0; // of the search

  constructor(private readonly port: InspectPort) {}

  // Of the model that is open, which is of this run.
  async examine(run: number | null, isStale: () => boolean): Promise<void> {
    const answer = await this.port.ask({ type: 'examine' });
    if (isStale()) return;
    this.problem.value = answer.type === 'refused' ? answer.error.message : null;
    if (answer.type === 'refused') return;
    const { health } = answer;
    if (run !== this.run) this.forget();
    this.run = run;
    // A run that went back has none of the steps after.
    const earlier = this.all.peek().filter(({ step }) => step < health.step);
    this.all.value = thinned([...earlier, health], MOST_REMEMBERED);
    const last = groupsOf(health).length - 1;
    this.group.value = Math.min(this.group.peek(), last);
  }

  // Looks for a learning rate until it is found or stopped.
  async find(): Promise<void> {
    if (this.searching.peek()) return;
    const revision = ++this.revision;
    this.searching.value = true;
    this.search.value = this.searchProblem.value = null;
    let answer = await this.port.ask({ type: 'search' });
    while (revision === this.revision) {
      if (answer.type === 'searched') this.search.value = answer.search;
      else this.searchProblem.value = answer.error.message;
      if (answer.type === 'refused' || answer.search.done) return this.stop();
      answer = await this.port.ask({ type: 'search-on', steps: AT_A_TIME });
    }
  }

  stop(): void {
    this.revision++;
    this.searching.value = false;
  }

  // Of another run nothing is known yet.
  private forget(): void {
    this.stop();
    this.all.value = [];
    this.search.value = this.searchProblem.value = null;
  }
}
