import { useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { choices } from '../../state/choices';
import { useApp } from '../use-app';

const KEY = 'theme'; // public/theme.js reads it before the first paint

// Lets the document and the browser's own frame around it follow the chosen theme, and remembers
// the choice.
export function useTheme(): void {
  const { view } = useApp();
  useEffect(() => {
    const { theme } = document.documentElement.dataset;
    if (theme === 'light' || theme === 'dark') view.theme.value = theme;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', colourFrame);
    return () => dark.removeEventListener('change', colourFrame);
  }, [view]);
  useSignalEffect(() => {
    const theme = view.theme.value;
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    if (theme === 'system') choices.removeItem(KEY);
    else choices.setItem(KEY, theme);
    colourFrame();
  });
}

function colourFrame(): void {
  const { backgroundColor } = getComputedStyle(document.documentElement);
  document.querySelector<HTMLMetaElement>('meta[name="theme-color"]')!.content = backgroundColor;
}
