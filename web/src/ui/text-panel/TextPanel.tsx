import { useComputed } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { corpora } from '../../corpora/corpora';
import { formatBytes, formatCount, formatShare } from '../../state/format';
import { beginningOf } from '../../state/beginning';
import { Trouble } from '../message/Message';
import { useApp } from '../use-app';
import { useAttention } from '../use-attention';
import './TextPanel.css';

const OWN = 'own';

export function TextPanel() {
  const app = useApp();
  const { text, recipe } = app;
  const section = useAttention<HTMLElement>('text');
  const picker = useRef<HTMLInputElement>(null);
  const preview = useComputed(() => beginningOf(text.text.value?.bytes ?? new Uint8Array()));
  const current = text.text.value;
  const trouble = text.error.value?.message ?? recipe.textProblem.value;
  return (
    <section class="panel text-panel" ref={section} aria-labelledby="text-title">
      <div class="panel-head">
        <h2 id="text-title">Text</h2>
        <select
          class="plain-select small"
          aria-label="Text to learn from"
          value={current?.corpus ?? OWN}
          onChange={(event) => {
            const corpus = corpora.find(({ key }) => key === event.currentTarget.value);
            if (corpus) void app.useCorpus(corpus);
          }}
        >
          {current && current.corpus === null && <option value={OWN}>{current.name}</option>}
          {corpora.map(({ key, name }) => (
            <option key={key} value={key}>
              {name} (sample)
            </option>
          ))}
        </select>
      </div>
      <p class="text-preview" aria-label="Beginning of the text">
        {preview}
      </p>
      <TextFacts />
      {trouble && <Trouble>{trouble}</Trouble>}
      <div class="text-actions small">
        <button class="link" type="button" onClick={() => picker.current?.click()}>
          Open a file
        </button>
        <span class="muted drop-hint">or drop one</span>
        <button class="link" type="button" onClick={() => (app.view.editor.value = true)}>
          Paste or edit
        </button>
        <input
          ref={picker}
          class="visually-hidden"
          type="file"
          tabIndex={-1}
          aria-label="Text file to open"
          data-testid="text-file"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = '';
            if (file) void app.openFile(file);
          }}
        />
      </div>
    </section>
  );
}

function TextFacts() {
  const { text, recipe } = useApp();
  const report = text.report.value;
  const held = Number(recipe.recipe.value?.val_fraction ?? NaN);
  if (text.reading.value !== null) {
    return <p class="text-facts small muted text-reading">Reading “{text.reading.value}” …</p>;
  }
  return (
    <p class="text-facts small muted">
      <span class="mono">{report ? formatBytes(report.bytes) : '–'}</span>,{' '}
      <span class="mono">{formatCount(report?.characters)}</span> characters,{' '}
      <span class="mono">{formatCount(report?.vocab_size)}</span> different tokens.{' '}
      {Number.isFinite(held) && (
        <>
          <span class="mono">{formatShare(1 - held)}</span> to learn from,{' '}
          <span class="mono">{formatShare(held)}</span> held out.
        </>
      )}
    </p>
  );
}
