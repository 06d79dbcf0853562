export type KeyAction = 'toggle' | 'single' | 'generate' | 'share' | 'prompt' | 'keys';

interface KeyPress {
  readonly key: string;
  readonly repeat: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

export const keyList: readonly {
  readonly key: string;
  readonly name: string;
  readonly does: string;
  readonly action: KeyAction;
}[] = [
  { key: ' ', name: 'Space', does: 'Train or pause', action: 'toggle' },
  { key: '.', name: '.', does: 'Take one step', action: 'single' },
  { key: 'g', name: 'G', does: 'Generate from the prompt', action: 'generate' },
  { key: 's', name: 'S', does: 'Share what stands here', action: 'share' },
  { key: '/', name: '/', does: 'Go to the prompt', action: 'prompt' },
  { key: '?', name: '?', does: 'Show this list', action: 'keys' },
];

const TYPED_INTO = ['input', 'textarea', 'select'];
const PRESSED_BY_SPACE = ['button', 'summary', 'a'];

// What a key does where the focus is. Holding it down repeats single steps only.
export function keyAction(press: KeyPress, focused: string, inDialog: boolean): KeyAction | null {
  if (inDialog || press.ctrlKey || press.metaKey || press.altKey) return null;
  if (TYPED_INTO.includes(focused)) return null;
  const entry = keyList.find(({ key }) => key === press.key.toLowerCase());
  if (!entry) return null;
  if (entry.action === 'toggle' && PRESSED_BY_SPACE.includes(focused)) return null;
  if (press.repeat && entry.action !== 'single') return null;
  return entry.action;
}
