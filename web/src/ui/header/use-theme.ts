import { useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../use-app';

const KEY = 'theme'; // public/theme.js reads it before the first paint

// Lets the document follow the chosen theme, and remembers the choice.
export function useTheme(): void {
  const { view } = useApp();
  useEffect(() => {
    const { theme } = document.documentElement.dataset;
    if (theme === 'light' || theme === 'dark') view.theme.value = theme;
  }, [view]);
  useSignalEffect(() => {
    const theme = view.theme.value;
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
      if (theme === 'system') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, theme);
    } catch {
      // Storage may be forbidden; the choice holds for this visit.
    }
  });
}
