import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { shownToken } from '../../state/words';
import { stops } from './tour';
import { useApp } from '../use-app';
import { useInspect } from './use-inspect';

const KEY = 'tour'; // in the address: which stop, from 1 on

// The stop that the address names; null where it names none.
export function stopInAddress(): number | null {
  const stop = Number(new URLSearchParams(location.search).get(KEY) ?? NaN);
  return Number.isInteger(stop) && stop >= 1 && stop <= stops.length ? stop - 1 : null;
}

function putInAddress(stop: number | null): void {
  const address = new URL(location.href);
  if (stop === null) address.searchParams.delete(KEY);
  else address.searchParams.set(KEY, String(stop + 1));
  history.replaceState(history.state, '', address);
}

// Ten short stops, each of which shows what it tells of on the model at hand.
export function Tour() {
  const state = useInspect();
  const at = state.stop.value;
  const box = useRef<HTMLElement>(null);
  const ready = state.passage.value !== null;
  useEffect(() => {
    putInAddress(at);
    if (at === null || !ready) return;
    if (state.off.peek().length > 0) void state.allOn(); // as before what a stop asked to be tried
    stops[at]!.go(state);
  }, [at, ready, state]);
  useEffect(() => () => putInAddress(null), []); // closed, it is left
  useRoom(at);
  useFocus(box, at);
  if (at === null) {
    return (
      <p class="small muted">
        New to this?{' '}
        <button class="link" type="button" onClick={() => (state.stop.value = 0)}>
          Take the tour
        </button>
        : ten stops, from a text to a text, on your own model.
      </p>
    );
  }
  const stop = stops[at]!;
  const go = (to: number) => {
    if (to >= 0 && to < stops.length) state.stop.value = to;
  };
  return (
    <section
      class="inside-tour"
      ref={box}
      tabIndex={-1}
      aria-labelledby="inside-stop-title"
      onKeyDown={(event) => {
        const target = event.target as HTMLElement;
        if (target.tagName === 'INPUT' && event.key !== 'Escape') return;
        if (event.key === 'ArrowRight') go(at + 1);
        if (event.key === 'ArrowLeft') go(at - 1);
        if (event.key === 'Escape') state.stop.value = null;
      }}
    >
      <div>
        <h3 id="inside-stop-title">
          <span class="mono muted">
            {at + 1}/{stops.length}
          </span>{' '}
          {stop.title}
        </h3>
        <p aria-live="polite">{stop.words}</p>
        <p class="inside-look">{stop.look}</p>
        {at === 0 && <Numbers />}
        {at === 3 && <Softmax />}
      </div>
      <div class="inside-tour-buttons">
        <button class="button" type="button" aria-disabled={at === 0} onClick={() => go(at - 1)}>
          Previous
        </button>
        <button
          class="button primary"
          type="button"
          onClick={() => (at + 1 < stops.length ? go(at + 1) : (state.stop.value = null))}
        >
          {at + 1 < stops.length ? 'Next stop' : 'End of the tour'}
        </button>
        <button class="link small" type="button" onClick={() => (state.stop.value = null)}>
          Leave
        </button>
        <span class="small muted inside-tour-keys">← → Esc</span>
      </div>
    </section>
  );
}

// A stop has the whole page, but for one that needs what else is there. Left, all is as it was.
function useRoom(at: number | null): void {
  const { view } = useApp();
  const before = useRef<boolean | null>(null);
  useEffect(() => {
    if (at === null) {
      if (before.current !== null) view.insideWide.value = before.current;
      before.current = null;
      return;
    }
    before.current ??= view.insideWide.peek();
    view.insideWide.value = !stops[at]!.beside;
  }, [at, view]);
}

// The keys are the tour’s from stop to stop, and it is in sight with what it tells of. One that the
// address opened takes nothing out of a person’s hands.
function useFocus(box: RefObject<HTMLElement | null>, at: number | null): void {
  const known = useRef(at);
  useEffect(() => {
    if (at === known.current) return;
    known.current = at;
    box.current?.focus({ preventScroll: true });
    box.current?.scrollIntoView({ block: 'start' });
  }, [box, at]);
}

const FEW = 12; // tokens

function Numbers() {
  const state = useInspect();
  const passage = state.passage.value;
  if (!passage) return null;
  const { ids, first } = passage;
  return (
    <ol class="inside-numbers small mono" data-testid="numbers">
      {state.pieces.value.slice(0, FEW).map((piece, i) => (
        <li key={i}>
          <span>{shownToken(piece)}</span>
          <span class="muted">{ids[first + i]}</span>
        </li>
      ))}
    </ol>
  );
}

// The row that is looked at, from its scores again, in floats as the engine has them. A score is
// known up to a number that is the same for all: here the largest is 100.
function Softmax() {
  const state = useInspect();
  const subtract = useSignal(true);
  const size = state.passage.value?.length ?? 0;
  const at = state.position.value;
  const row =
    state.attention.map.value?.subarray(at * size, at * size + at + 1) ?? new Float32Array();
  const float = Math.fround;
  const largest = row.reduce((most, weight) => Math.max(most, weight), 0);
  const scores = Array.from(row, (weight) => float(100 + Math.log(weight / largest)));
  const powers = scores.map((score) =>
    float(Math.exp(subtract.value ? float(score - 100) : score)),
  );
  const sum = powers.reduce((sum, power) => float(sum + power), 0);
  const shown = scores
    .map((score, i) => ({ score, power: powers[i]!, share: float(powers[i]! / sum), i }))
    .sort((a, b) => b.score - a.score)
    .slice(0, 3);
  return (
    <>
      <label class="small inside-subtract">
        <input
          type="checkbox"
          checked={subtract.value}
          onChange={(event) => (subtract.value = event.currentTarget.checked)}
        />{' '}
        subtract the largest score first
      </label>
      <table class="inside-readings small mono" data-testid="softmax">
        <caption class="muted">
          What “{shownToken(state.pieces.value[at] ?? '')}” looks at most. Only differences of
          scores count: here the largest is 100.
        </caption>
        <tbody>
          {shown.map(({ score, power, share, i }) => (
            <tr key={i}>
              <th scope="row">{shownToken(state.pieces.value[i] ?? '')}</th>
              <td>score {score.toFixed(2)}</td>
              <td>e^ {Number.isFinite(power) ? power.toPrecision(3) : String(power)}</td>
              <td>share {Number.isNaN(share) ? 'NaN' : share.toFixed(3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
