// Calls `work` in an animation frame after being asked, at most once in `gap` milliseconds, and not
// at all while the page is hidden: frames do not come then.
export function throttleFrames(gap: number, work: () => void) {
  let frame = 0;
  let last = -Infinity;
  const tick = (now: number) => {
    if (now - last < gap) {
      frame = requestAnimationFrame(tick);
      return;
    }
    frame = 0;
    last = now;
    work();
  };
  return {
    ask() {
      if (!frame) frame = requestAnimationFrame(tick);
    },
    cancel() {
      cancelAnimationFrame(frame);
      frame = 0;
    },
  };
}
