import { useSignal } from '@preact/signals';
import { FIRST_SEED, LAST_SEED, type Corpus } from '../../corpora/corpora';
import { presets } from '../../recipe/presets';
import { readEntry, type Readable } from '../../recipe/entries';
import { Trouble } from '../message/Message';
import { useApp } from '../use-app';

const setting: Readable = { type: 'integer', label: 'Text seed', min: FIRST_SEED, max: LAST_SEED };
const ID = 'text-seed';

// What a sample text teaches, and the seed that it was made from.
export function SampleFacts({ corpus, seed }: { corpus: Corpus; seed: number }) {
  return (
    <>
      <p class="text-teaches small muted">{corpus.teaches}</p>
      <PresetOffer corpus={corpus} />
      <SeedRow key={`${corpus.key}-${seed}`} corpus={corpus} seed={seed} />
    </>
  );
}

// Where the recipe at hand is one for other texts.
function PresetOffer({ corpus }: { corpus: Corpus }) {
  const { recipe, run } = useApp();
  const preset = presets.find(({ key }) => key === corpus.preset);
  const forTasks = recipe.preset.value?.key === 'tasks';
  if (!preset || forTasks === (corpus.draw !== null)) return null;
  if (run.phase.value === 'running') return null;
  return (
    <p class="small muted">
      Learned soonest with the preset “{preset.label}”.{' '}
      <button class="link" type="button" onClick={() => recipe.use(preset.recipe)}>
        Use its preset
      </button>
    </p>
  );
}

function SeedRow({ corpus, seed }: { corpus: Corpus; seed: number }) {
  const app = useApp();
  const error = useSignal<string | null>(null);
  const use = (entry: string) => {
    const reading = readEntry(setting, entry);
    error.value = reading.error;
    if (reading.error === null && reading.value !== seed) {
      void app.bring.useCorpus(corpus, Number(reading.value));
    }
  };
  return (
    <div class="text-seed">
      <label class="small" for={ID}>
        {setting.label}
      </label>
      <button
        class="link small"
        type="button"
        onClick={() => use(String(seed === LAST_SEED ? FIRST_SEED : seed + 1))}
      >
        Another
      </button>
      <input
        id={ID}
        class="mono field"
        type="text"
        inputMode="numeric"
        autocomplete="off"
        spellcheck={false}
        aria-invalid={error.value !== null}
        aria-describedby={error.value === null ? undefined : `${ID}-error`}
        defaultValue={String(seed)}
        onChange={(event) => use(event.currentTarget.value)}
      />
      {error.value !== null && <Trouble id={`${ID}-error`}>{error.value}</Trouble>}
    </div>
  );
}
