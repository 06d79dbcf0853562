import { signal } from '@preact/signals';
import { settingOf } from '../recipe/schema';

export type Theme = 'system' | 'light' | 'dark';
export const themes: readonly Theme[] = ['system', 'light', 'dark'];
export type SheetName = 'text' | 'model' | 'training' | 'runs';

// The sheet on which a setting stands.
export function sheetOf(setting: string): SheetName {
  return settingOf(setting)?.group === 'model' ? 'model' : 'training';
}

// What is open on the page, and how it looks; nothing of it outlives the tab but the theme.
export class ViewState {
  readonly theme = signal<Theme>('system');
  readonly narrow = signal(false); // one column, settings as sheets
  readonly sheet = signal<SheetName | null>(null);
  readonly editor = signal(false);
  readonly keys = signal(false);
  readonly exporting = signal(false); // the choice of formats
  readonly inside = signal(false); // what looks inside the model
  readonly insideWide = signal(false); // where it is open, over curve and writing
  // The setting or section to bring in sight; a new object each time.
  readonly attention = signal<{ readonly name: string } | null>(null);
  // The setting pointed at, whose help is shown.
  readonly pointedAt = signal<string | null>(null);
  readonly table = signal(false); // the loss as a table in place of the chart
  // Begins to use a newer version of the page, where one is there.
  readonly newVersion = signal<(() => void) | null>(null);
}
