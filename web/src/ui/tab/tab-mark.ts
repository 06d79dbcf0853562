import icon from './icon.svg?raw';
import { formatShare } from '../../state/format';
import { phaseName } from '../../state/words';
import type { RunState } from '../../state/run-state';

type PagePhase = RunState['phase']['value'];

const NAME = 'Clearformer';
const curve = /<path[^>]*\/>/.exec(icon)?.[0] ?? '';

// What a tab says of the run: what changes comes first, since tabs are narrow.
export function tabTitle(phase: PagePhase, progress: number): string {
  if (phase === 'none' || phase === 'starting') return NAME;
  if (phase === 'running') return `${formatShare(progress)} – ${NAME}`;
  const stopped = phase === 'paused' ? ` at ${formatShare(progress)}` : '';
  return `${phaseName(phase)}${stopped} – ${NAME}`;
}

// The icon, its curve drawn as far as the run is.
export function tabIcon(phase: PagePhase, progress: number): string {
  const plain = phase === 'none' || phase === 'starting' || phase === 'done';
  return `data:image/svg+xml,${encodeURIComponent(plain ? icon : icon.replace(curve, partly(progress)))}`;
}

function partly(progress: number): string {
  const drawn = `pathLength="1" stroke-dasharray="${progress.toFixed(2)} 1"`;
  return curve.replace('<path', '<path opacity="0.35"') + curve.replace('<path', `<path ${drawn}`);
}
