// Calls `work` in an animation frame after being asked, not sooner than `gap` milliseconds after the
// last time, and not at all while the page is hidden: frames do not come then.
export function throttleFrames(work: () => void) {
  let frame = 0;
  let last = -Infinity;
  let gap = Infinity; // the smallest that was asked for
  const tick = (now: number) => {
    if (now - last < gap) {
      frame = requestAnimationFrame(tick);
      return;
    }
    frame = 0;
    gap = Infinity;
    last = now;
    work();
  };
  return {
    ask(least: number) {
      gap = Math.min(gap, least);
      if (!frame) frame = requestAnimationFrame(tick);
    },
    cancel() {
      cancelAnimationFrame(frame);
      frame = 0;
    },
  };
}
