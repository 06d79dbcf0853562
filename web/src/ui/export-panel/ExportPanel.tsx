import { useSignal } from '@preact/signals';
import type { ExportFormat, GgufType } from '../../exchange/messages';
import { download } from '../download';
import { useApp } from '../use-app';
import { useDialog } from '../use-dialog';

const formats: readonly { readonly format: ExportFormat; readonly name: string; does: string }[] = [
  {
    format: 'hf',
    name: 'Hugging Face',
    does: 'A zip of a folder for transformers: weights, configuration, tokenizer, model card.',
  },
  { format: 'gguf', name: 'GGUF', does: 'One file for llama.cpp and all that is built on it.' },
  {
    format: 'nanogpt',
    name: 'nanoGPT',
    does: 'The tensors as PyTorch’s linear layers have them, by nanoGPT’s names, as safetensors.',
  },
];

const types: readonly { readonly type: GgufType; readonly name: string }[] = [
  { type: 'f32', name: '32 bits' },
  { type: 'f16', name: '16 bits' },
  { type: 'q8_0', name: '8 bits' },
];

// The model at hand, for other programs. Hugging Face's and nanoGPT's come back by Open.
export function ExportPanel() {
  const { exchange, view } = useApp();
  const close = () => (view.exporting.value = false);
  const dtype = useSignal<GgufType>('f32');
  const take = async (format: ExportFormat) => {
    close();
    const file = await exchange.export(format, dtype.value);
    if (file) download(file.name, file.bytes);
  };
  return (
    <dialog aria-labelledby="export-title" {...useDialog(view.exporting.value, close)}>
      <div class="dialog-body">
        <div class="panel-head">
          <h2 id="export-title">Export the model</h2>
          <button class="link" type="button" onClick={close}>
            Close
          </button>
        </div>
        <ul class="choice-list">
          {formats.map(({ format, name, does }) => (
            <li key={format}>
              <span>
                {name} <span class="small muted">{does}</span>
              </span>
              {format === 'gguf' && (
                <select
                  class="plain-select"
                  aria-label="Numbers of the GGUF"
                  value={dtype.value}
                  onChange={(event) => (dtype.value = event.currentTarget.value as GgufType)}
                >
                  {types.map(({ type, name }) => (
                    <option key={type} value={type}>
                      {name}
                    </option>
                  ))}
                </select>
              )}
              <button
                class="button"
                type="button"
                aria-label={`Export for ${name}`}
                onClick={() => void take(format)}
              >
                Export
              </button>
            </li>
          ))}
        </ul>
        <p class="small muted">
          The first and the last come back: drop the files here, and they train on the text at hand.
          A model of somebody else’s does too, if its architecture is one that leaves.
        </p>
      </div>
    </dialog>
  );
}
