import { useComputed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { chartDescription } from '../../state/words';
import { useApp } from '../use-app';
import { ChartCursor } from './ChartCursor';
import { StepCard } from './StepCard';
import { useFigure } from './use-figure';

export function LossChart() {
  const { run, chart, control } = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  const description = useComputed(() => {
    void run.version.value;
    return chartDescription(
      run.step.peek(),
      run.curves.evaluations.toArray()[0] ?? null,
      run.curves.evaluations.last,
      chart.range.value,
    );
  });
  const { figure, place } = useFigure(canvas);
  // A finger that is lifted leaves the step marked; a tap elsewhere ends that.
  useEffect(() => {
    const onPress = (event: PointerEvent) => {
      if (event.target !== canvas.current) chart.step.value = null;
    };
    addEventListener('pointerdown', onPress);
    return () => removeEventListener('pointerdown', onPress);
  }, [chart]);
  const point = (event: PointerEvent) => {
    if (event.buttons === 0 || event.pointerType !== 'mouse') {
      const left = canvas.current!.getBoundingClientRect().left;
      const step = figure.current?.stepAt(event.clientX - left) ?? 0;
      if (run.step.peek() > 0) chart.pointAt(step, run.step.peek(), control.steps.peek());
    }
  };
  return (
    <div class="loss-canvas">
      <canvas
        ref={canvas}
        role="img"
        aria-label={description}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={(event) => {
          if (event.pointerType === 'mouse') chart.step.value = null;
        }}
        onDblClick={() => (chart.range.value = null)}
      />
      <ChartCursor />
      <StepCard place={place} width={() => canvas.current?.clientWidth ?? 0} />
    </div>
  );
}
