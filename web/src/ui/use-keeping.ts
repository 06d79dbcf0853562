import { useEffect } from 'preact/hooks';
import { useApp } from './use-app';

// Has the run kept whenever the page goes out of sight: it may never come back.
export function useKeeping(): void {
  const { keeper, library } = useApp();
  useEffect(() => {
    const onHidden = () => {
      if (document.visibilityState === 'hidden') keeper.keepNow();
      else void library.refresh();
    };
    const onLeave = () => keeper.keepNow();
    document.addEventListener('visibilitychange', onHidden);
    addEventListener('pagehide', onLeave);
    return () => {
      document.removeEventListener('visibilitychange', onHidden);
      removeEventListener('pagehide', onLeave);
    };
  }, [keeper, library]);
}
