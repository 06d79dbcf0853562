import { effect, useComputed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { chartDescription } from '../../state/words';
import { useApp } from '../use-app';
import { LossFigure } from './loss-figure';
import { referenceLines } from './reference-lines';
import { throttleFrames } from './throttle';

const REDRAW_MS = 160; // no more often than it is worth seeing

export function LossChart() {
  const app = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { run } = app;
  const description = useComputed(() => {
    void run.version.value;
    return chartDescription(
      run.step.peek(),
      run.evaluations.toArray()[0] ?? null,
      run.evaluations.last,
    );
  });
  useEffect(() => {
    const { run, text, view, steps } = app;
    const figure = new LossFigure(canvas.current!);
    const redraw = throttleFrames(REDRAW_MS, () => {
      const facts = run.run.peek()?.info ?? text.report.peek();
      figure.draw({
        losses: run.losses.toArray(),
        evaluations: run.evaluations.toArray(),
        steps: steps.peek(),
        lines: facts ? referenceLines(facts) : [],
      });
    });
    const stopColours = effect(() => {
      void view.theme.value;
      figure.recolour();
      redraw.ask();
    });
    const stopData = effect(() => {
      void [run.version.value, steps.value, text.report.value];
      redraw.ask();
    });
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const onScheme = () => {
      figure.recolour();
      redraw.ask();
    };
    dark.addEventListener('change', onScheme);
    return () => {
      dark.removeEventListener('change', onScheme);
      stopColours();
      stopData();
      redraw.cancel();
      figure.destroy();
    };
  }, [app]);
  return (
    <div class="loss-canvas">
      <canvas ref={canvas} role="img" aria-label={description} />
    </div>
  );
}
