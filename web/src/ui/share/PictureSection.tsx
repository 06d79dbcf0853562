import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { fileName } from '../../state/format';
import { download } from '../download';
import { readColoursOf, type Scheme } from '../loss-panel/colours';
import { useApp } from '../use-app';
import { CopyButton } from './CopyButton';
import { pageName } from './address';
import { drawPicture, PICTURE } from './picture/draw-picture';
import { pictureFacts } from './picture/facts';
import { pngOf, readFonts } from './picture/png';

const schemes: readonly Scheme[] = ['light', 'dark'];

// A picture of the curve and the newest sample, to post: as it is when the panel is opened and at
// each evaluation after that.
export function PictureSection() {
  const app = useApp();
  const { run } = app;
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useSignal<Scheme>(pageScheme());
  const drawing = useSignal(0);
  useSignalEffect(() => {
    void [run.phase.value, run.evaluation.value, app.writing.writings.value];
    const context = canvas.current?.getContext('2d');
    const facts = pictureFacts(app, pageName());
    if (!context || !facts) return;
    drawPicture(context, facts, readColoursOf(scheme.value), readFonts());
    drawing.value = drawing.peek() + 1;
  });
  const current = run.run.value;
  if (!current || run.phase.value === 'starting') {
    return (
      <section class="share-section" aria-labelledby="share-picture-title">
        <h3 id="share-picture-title">Picture</h3>
        <p class="small muted">There is one once a run has begun.</p>
      </section>
    );
  }
  const name = fileName(current.text.name, run.step.value).replace(/safetensors$/, 'png');
  const png = () => pngOf(canvas.current!);
  return (
    <section class="share-section" aria-labelledby="share-picture-title">
      <div class="share-head">
        <h3 id="share-picture-title">Picture</h3>
        <select
          class="plain-select small"
          aria-label="Colours of the picture"
          value={scheme.value}
          onChange={(event) => (scheme.value = event.currentTarget.value as Scheme)}
        >
          {schemes.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </div>
      <canvas
        ref={canvas}
        class="share-picture"
        width={PICTURE.width}
        height={PICTURE.height}
        role="img"
        aria-label="The curve of the loss and the newest sample, as a picture to post"
      />
      <div class="share-buttons">
        <button
          class="button"
          type="button"
          onClick={() => void png().then(async (blob) => download(name, await bytesOf(blob)))}
        >
          Download picture
        </button>
        {typeof ClipboardItem === 'function' && (
          <CopyButton
            label="Copy picture"
            copy={() => navigator.clipboard.write([new ClipboardItem({ 'image/png': png() })])}
            subject={drawing.value}
          />
        )}
        {canSendFiles() && (
          <button
            class="button"
            type="button"
            onClick={() => void png().then((blob) => send(blob, name))}
          >
            Send picture
          </button>
        )}
      </div>
    </section>
  );
}

function pageScheme(): Scheme {
  const { theme } = document.documentElement.dataset;
  const dark = theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  return dark ? 'dark' : 'light';
}

async function bytesOf(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer());
}

function canSendFiles(): boolean {
  const probe = new File([], 'picture.png', { type: 'image/png' });
  return navigator.canShare?.({ files: [probe] }) ?? false;
}

// Whoever changes his mind has not failed.
function send(blob: Blob, name: string): Promise<void> {
  const files = [new File([blob], name, { type: blob.type })];
  return navigator.share({ files, title: 'Clearformer' }).catch(() => undefined);
}
