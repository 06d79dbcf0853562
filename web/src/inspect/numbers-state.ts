import { batch, computed, signal, type ReadonlySignal } from '@preact/signals';
import type { InspectPort } from './in-worker';
import type { AnatomyTensor, NumberWindow, Origin } from './messages';

// Columns of a tensor that are shown at once. Rows are the positions that are looked at, which are few.
export const SHOWN_COLUMNS = 8;
// What a number is raised by, to see the loss move.
export const RAISED_BY = 0.01;

// The numbers of the anatomy's tensor that is told of, some at a time, and where one of them came from.
// Each head's weights are a matrix (positions, positions) of their own.
export class NumbersState {
  readonly window = signal<NumberWindow | null>(null);
  readonly row = signal(0); // the number chosen: of the matrix
  readonly column = signal(0);
  readonly matrix = signal(0);
  readonly origin = signal<Origin | null>(null);

  // Which of the anatomy is told of; -1: none.
  readonly tensor = computed(
    () => this.anatomy.value?.findIndex(({ name }) => name === this.place.value) ?? -1,
  );
  readonly shape = computed(() => matricesOf(this.anatomy.value?.[this.tensor.value]?.shape ?? []));

  private revision = 0;

  constructor(
    private readonly port: InspectPort,
    private readonly anatomy: ReadonlySignal<readonly AnatomyTensor[] | null>,
    private readonly place: { value: string; peek(): string },
  ) {}

  // The numbers about the chosen one, and that one's origin; what comes late is dropped.
  async show(): Promise<void> {
    const revision = ++this.revision;
    const tensor = this.tensor.peek();
    const { matrices, rows, columns } = this.shape.peek();
    if (tensor < 0 || rows === 0) return;
    batch(() => {
      this.matrix.value = within(this.matrix.peek(), matrices);
      this.row.value = within(this.row.peek(), rows);
      this.column.value = within(this.column.peek(), columns);
    });
    const row = this.matrix.peek() * rows;
    const at = (row + this.row.peek()) * columns + this.column.peek();
    const column = Math.floor(this.column.peek() / SHOWN_COLUMNS) * SHOWN_COLUMNS;
    const [window, origin] = await Promise.all([
      this.port.ask({ type: 'window', tensor, row, column, rows, columns: SHOWN_COLUMNS }),
      this.port.ask({ type: 'origin', tensor, at, by: RAISED_BY }),
    ]);
    if (revision !== this.revision) return;
    batch(() => {
      if (window.type === 'window') this.window.value = window.window;
      if (origin.type === 'origin') this.origin.value = origin.origin;
    });
  }

  async choose(row: number, column: number, matrix = this.matrix.peek()): Promise<void> {
    batch(() => {
      this.matrix.value = matrix;
      this.row.value = row;
      this.column.value = column;
    });
    await this.show();
  }

  // Goes to the number of that name, where the anatomy has it: "h.0.ln_1[4, 17]".
  async follow(name: string): Promise<void> {
    const found = this.find(name);
    if (!found) return;
    const [matrix, row, column] = found.at;
    this.place.value = found.tensor;
    await this.choose(row, column, matrix);
  }

  find(name: string): { tensor: string; at: readonly [number, number, number] } | null {
    const [, tensor = '', indices = ''] = /^(.+)\[([\d, ]+)\]$/.exec(name) ?? [];
    if (!this.anatomy.peek()?.some((one) => one.name === tensor)) return null;
    const at = indices.split(', ').map(Number);
    return { tensor, at: [at.at(-3) ?? 0, at.at(-2) ?? 0, at.at(-1)!] };
  }
}

// (1, heads, rows, columns); (1, rows, columns); (1, columns)
function matricesOf(shape: readonly number[]) {
  const [columns = 0, rows = 1, matrices = 1] = shape.slice(1).reverse();
  return { matrices, rows, columns };
}

const within = (index: number, extent: number) => Math.min(Math.max(index, 0), extent - 1);
