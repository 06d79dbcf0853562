import { useEffect, useState } from 'preact/hooks';
import { InspectClient } from '../../inspect/in-worker';
import { InspectState, type Tab } from '../../inspect/inspect-state';
import { formatCount } from '../../state/format';
import { Trouble } from '../message/Message';
import { useApp } from '../use-app';
import { Anatomy } from './Anatomy';
import { Attention } from './Attention';
import { Expects } from './Expects';
import { Gradients } from './Gradients';
import { Health } from './Health';
import { MemoryAndTime } from './MemoryAndTime';
import { PassageField } from './PassageField';
import { stopInAddress, Tour } from './Tour';
import { InspectContext } from './use-inspect';

const tabs: readonly { readonly key: Tab; readonly label: string }[] = [
  { key: 'attention', label: 'Attention' },
  { key: 'expects', label: 'What it expects next' },
  { key: 'gradients', label: 'Gradients, proven' },
  { key: 'anatomy', label: 'Anatomy' },
  { key: 'health', label: 'Health' },
  { key: 'memory', label: 'Memory and time' },
];
const bodies = {
  attention: Attention,
  expects: Expects,
  gradients: Gradients,
  anatomy: Anatomy,
  health: Health,
  memory: MemoryAndTime,
};

// Sides that are of the run, and not of a passage.
const ofTheRun: readonly Tab[] = ['health', 'memory'];

// What was looked at when the panel was last closed.
let last: { text: string; tab: Tab } = { text: '', tab: 'attention' };

// A copy of the model, looked at from several sides.
export function Panel() {
  const { engine, run, writing } = useApp();
  const [state] = useState(() => {
    const state = new InspectState(engine, run, writing, new InspectClient());
    state.text.value = last.text;
    state.tab.value = last.tab;
    state.stop.value = stopInAddress();
    return state;
  });
  useEffect(() => {
    state.begin();
    return () => {
      last = { text: state.text.peek(), tab: state.tab.peek() };
      state.end();
    };
  }, [state]);
  const problem = state.problem.value;
  return (
    <InspectContext.Provider value={state}>
      {problem && (
        <Trouble>
          The model could not be looked into: {problem}{' '}
          <button class="link" type="button" onClick={() => void state.take()}>
            Try again
          </button>
        </Trouble>
      )}
      {state.model.value ? <Sides state={state} /> : <Nothing />}
    </InspectContext.Provider>
  );
}

function Nothing() {
  const { run } = useApp();
  return (
    <p class="muted inside-note">
      {run.alive.value || run.lone.value
        ? 'Taking a copy of the model.'
        : 'There is no model yet. Press Train: from the first step on, what it has become can be ' +
          'looked into here, while it goes on learning.'}
    </p>
  );
}

function Sides({ state }: { state: InspectState }) {
  const tab = state.tab.value;
  const Body = bodies[tab];
  // On a phone the tabs are wider than the page.
  useEffect(() => {
    const chosen = document.getElementById(`inside-tab-${tab}`);
    const list = chosen?.parentElement;
    if (list && chosen) list.scrollLeft = chosen.offsetLeft - list.offsetLeft;
  }, [tab]);
  const move = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex(({ key }) => key === tab);
    const next = tabs[(at + by + tabs.length) % tabs.length]!;
    void state.show(next.key);
    document.getElementById(`inside-tab-${next.key}`)?.focus();
  };
  return (
    <>
      <Tour />
      <div class="inside-bar">
        <div class="inside-tabs" role="tablist" aria-label="Look inside" onKeyDown={move}>
          {tabs.map(({ key, label }) => (
            <button
              key={key}
              id={`inside-tab-${key}`}
              class="inside-tab"
              type="button"
              role="tab"
              aria-selected={key === tab}
              aria-controls="inside-side"
              tabIndex={key === tab ? 0 : -1}
              onClick={() => void state.show(key)}
            >
              {label}
            </button>
          ))}
        </div>
        <Copy state={state} />
      </div>
      {!ofTheRun.includes(tab) && <PassageField />}
      <div
        class="inside-side"
        id="inside-side"
        role="tabpanel"
        aria-labelledby={`inside-tab-${tab}`}
        tabIndex={0}
      >
        {(state.passage.value || ofTheRun.includes(tab)) && <Body />}
      </div>
    </>
  );
}

// Of which step the copy is, and whether it is taken anew as the run goes on.
function Copy({ state }: { state: InspectState }) {
  const { run } = useApp();
  const lone = run.lone.value !== null; // it stays as it is
  return (
    <p class="small muted inside-copy">
      The model at step{' '}
      <span class="mono" data-testid="inside-step">
        {formatCount(state.model.value?.step)}
      </span>
      {!lone && (
        <>
          <label>
            <input
              type="checkbox"
              checked={state.follows.value}
              onChange={(event) => (state.follows.value = event.currentTarget.checked)}
            />{' '}
            Follow the run
          </label>
          <button class="link" type="button" onClick={() => void state.take()}>
            Take it anew
          </button>
        </>
      )}
    </p>
  );
}
