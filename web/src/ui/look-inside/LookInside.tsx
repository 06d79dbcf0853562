import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../use-app';
// The frame, then the styles of its sides.
import './LookInside.css';
import './Attention.css';
import './Expects.css';
import './Gradients.css';
import './Health.css';
import './MemoryAndTime.css';
import './Tour.css';
import './Anatomy.css';
import './Diagram.css';

// The part of the page that looks inside the model. Closed it is a line, and nothing of it is loaded.
export function LookInside() {
  const { view } = useApp();
  // An address that names a stop of the tour opens it.
  useState(() => (view.inside.value = new URLSearchParams(location.search).has('tour')));
  const open = view.inside.value;
  const wide = open && view.insideWide.value;
  const { Panel, problem } = usePanel(open);
  return (
    <section
      class={open ? `inside inside-open ${wide ? 'inside-wide' : ''}` : 'inside'}
      aria-labelledby="inside-title"
    >
      <div class="panel-head inside-head">
        <h2 id="inside-title">Look inside</h2>
        <p class="small muted inside-about">
          attention, what it expects next, and what each part is worth: on your own model
        </p>
        {open && !view.narrow.value && (
          <button
            class="link small"
            type="button"
            aria-pressed={wide}
            onClick={() => (view.insideWide.value = !view.insideWide.value)}
          >
            {wide ? 'Beside the curve' : 'Whole page'}
          </button>
        )}
        <button
          class="link small"
          type="button"
          aria-expanded={open}
          onClick={() => (view.inside.value = !open)}
        >
          {open ? 'Close inside' : 'Look inside'}
        </button>
      </div>
      {open && (Panel ? <Panel /> : <p class="small muted inside-note">{problem ?? 'Loading.'}</p>)}
    </section>
  );
}

function usePanel(open: boolean) {
  const [Panel, setPanel] = useState<FunctionComponent | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (!open || Panel) return;
    import('./Panel').then(
      (module) => setPanel(() => module.Panel),
      () => setProblem('This part of the page could not be loaded. Close it and try again.'),
    );
  }, [open, Panel]);
  return { Panel, problem };
}
