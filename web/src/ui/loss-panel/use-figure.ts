import { effect, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { App } from '../../state/app';
import { nextTask } from '../../state/next-task';
import { useApp } from '../use-app';
import type { Cursor } from './cursor';
import type { LossFigure } from './loss-figure';
import { referenceLines } from './reference-lines';
import { throttleFrames } from './throttle';

const REDRAW_MS = 160; // no more often than it is worth seeing

// Charts are half of the page's code: the page is drawn, and answers, before they are loaded.
let figures: Promise<typeof import('./loss-figure')> | null = null;

async function loadFigures() {
  figures ??= import('./loss-figure');
  const loaded = await figures;
  await nextTask(); // to read them takes long enough
  return loaded;
}

// Keeps a chart in step with the run, the way it is looked at, and the page's colours.
export function useFigure(canvas: RefObject<HTMLCanvasElement | null>) {
  const app = useApp();
  const kept = useRef<LossFigure | null>(null);
  const place = useSignal<number | null>(null); // of the cursor, in pixels from the left
  useEffect(() => {
    const { chart } = app;
    const { steps } = app.control;
    let stop: (() => void) | null = null;
    let gone = false;
    void loadFigures().then(({ LossFigure }) => {
      if (gone) return;
      kept.current = new LossFigure(canvas.current!, {
        onRange: (range) => chart.show(range, steps.peek()),
        onCursor: (at) => (place.value = at),
      });
      stop = follow(app, kept.current);
    });
    return () => {
      gone = true;
      stop?.();
      kept.current = null;
    };
  }, [app, canvas, place]);
  return { figure: kept, place };
}

// Draws the figure anew whenever what it shows has changed; returns what ends that, and the figure.
function follow(app: App, figure: LossFigure): () => void {
  const { run, text, view, chart } = app;
  const { steps } = app.control;
  const { overlays } = app.beside;
  const redraw = throttleFrames(() => draw(app, figure));
  const stops = [
    effect(() => {
      void view.theme.value;
      figure.recolour();
      redraw.ask(0);
    }),
    effect(() => {
      void [run.version.value, steps.value, text.report.value, overlays.value];
      void view.narrow.value;
      redraw.ask(REDRAW_MS);
    }),
    effect(() => {
      void [chart.range.value, chart.logarithmic.value, chart.smooth.value, chart.rates.value];
      redraw.ask(0);
    }),
    effect(() => figure.point(cursorAt(app, chart.step.value))),
  ];
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const onScheme = () => {
    figure.recolour();
    redraw.ask(0);
  };
  dark.addEventListener('change', onScheme);
  return () => {
    dark.removeEventListener('change', onScheme);
    stops.forEach((stop) => stop());
    redraw.cancel();
    figure.destroy();
  };
}

function draw({ run, text, view, chart, control, beside }: App, figure: LossFigure): void {
  const facts = run.run.peek()?.info ?? text.report.peek();
  figure.draw({
    losses: run.curves.losses,
    lrs: run.curves.lrs,
    gradNorms: run.curves.gradNorms,
    evaluations: run.curves.evaluations.toArray(),
    overlays: beside.overlays.peek(),
    steps: control.steps.peek(),
    range: chart.range.peek(),
    lines: facts ? referenceLines(facts) : [],
    logarithmic: chart.logarithmic.peek(),
    smooth: chart.smooth.peek(),
    rates: chart.rates.peek(),
    scrolls: view.narrow.peek(),
  });
}

function cursorAt({ run }: App, step: number | null): Cursor | null {
  if (step === null) return null;
  const evaluation = run.curves.evaluations.nearest(step);
  return {
    step,
    loss: run.curves.losses.at(step),
    evaluation: evaluation && { step: evaluation.step, loss: evaluation.valLoss },
  };
}
