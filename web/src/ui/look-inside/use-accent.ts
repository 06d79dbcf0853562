import { useEffect, useState } from 'preact/hooks';
import { resolveColours } from '../loss-panel/colours';
import { useApp } from '../use-app';

const readAccent = () => resolveColours(['var(--accent)'])[0]!;

// The accent as a canvas takes it, in the theme in use.
export function useAccent(): string {
  const { view } = useApp();
  const [accent, setAccent] = useState(readAccent);
  const theme = view.theme.value;
  useEffect(() => {
    const read = () => setAccent(readAccent());
    // The theme is put on the document after this.
    const frame = requestAnimationFrame(read);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', read);
    return () => {
      cancelAnimationFrame(frame);
      dark.removeEventListener('change', read);
    };
  }, [theme]);
  return accent;
}
