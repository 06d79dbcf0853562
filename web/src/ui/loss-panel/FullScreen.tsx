import { useEffect, useState } from 'preact/hooks';

// The chart for all in the room: it fills the screen. Escape gives that back, too.
export function FullScreen() {
  const [full, setFull] = useState(false);
  useEffect(() => {
    const follow = () => setFull(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', follow);
    return () => document.removeEventListener('fullscreenchange', follow);
  }, []);
  if (!document.fullscreenEnabled) return null; // a frame may forbid it
  return (
    <button
      class="link small full-screen"
      type="button"
      onClick={({ currentTarget }) => {
        // What the browser refuses leaves the page as it is.
        const change = full
          ? document.exitFullscreen()
          : currentTarget.closest('.loss-panel')!.requestFullscreen();
        change.catch(() => undefined);
      }}
    >
      {full ? 'Leave full screen' : 'Full screen'}
    </button>
  );
}
