import { useEffect, useRef } from 'preact/hooks';
import { drawHeat } from './heat';
import { useAccent } from './use-accent';

interface Props {
  readonly map: Float32Array;
  readonly size: number; // rows, and columns
  readonly class: string;
}

// A map as a picture; what it says stands beside it in words.
export function Heat({ map, size, class: name }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const accent = useAccent();
  useEffect(() => {
    if (canvas.current) drawHeat(canvas.current, map, size, accent);
  }, [map, size, accent]);
  return <canvas ref={canvas} class={`inside-heat ${name}`} aria-hidden="true" />;
}
