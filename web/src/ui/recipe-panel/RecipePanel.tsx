import { useEffect, useRef } from 'preact/hooks';
import { controlsOf, type Controls } from '../../recipe/controls';
import { firstPreset, presets } from '../../recipe/presets';
import { formatBytes, formatMillions } from '../../state/format';
import { Trouble } from '../message/Message';
import { SettingRow } from '../setting-row/SettingRow';
import { useApp } from '../use-app';
import { useAttention } from '../use-attention';
import './RecipePanel.css';

const CUSTOM = 'custom';
const modelControls = controlsOf(['model']);
const trainingControls = controlsOf(['training', 'watching']);

export function ModelPanel() {
  const { recipe, run } = useApp();
  const section = useAttention<HTMLElement>('model');
  const locked = run.phase.value === 'running';
  return (
    <section class="panel recipe-panel" ref={section} aria-labelledby="model-title">
      <div class="panel-head">
        <h2 id="model-title">Model</h2>
        <select
          class="plain-select small"
          aria-label="Preset"
          disabled={locked}
          value={recipe.preset.value?.key ?? CUSTOM}
          onChange={(event) => {
            const chosen = presets.find(({ key }) => key === event.currentTarget.value);
            if (chosen) recipe.use(chosen.recipe);
          }}
        >
          {!recipe.preset.value && <option value={CUSTOM}>your own</option>}
          {presets.map(({ key, label }) => (
            <option key={key} value={key}>
              {label}
              {key === firstPreset.key ? ' (good first)' : ''}
            </option>
          ))}
        </select>
      </div>
      <Fields controls={modelControls} locked={locked} more="More of the model" />
      <Estimate />
    </section>
  );
}

export function TrainingPanel() {
  const { run } = useApp();
  const locked = run.phase.value === 'running';
  return (
    <section class="panel recipe-panel" aria-labelledby="training-title">
      <div class="panel-head">
        <h2 id="training-title">Training</h2>
        {locked && <span class="small muted">pause to change</span>}
      </div>
      <Fields controls={trainingControls} locked={locked} more="More of training" />
    </section>
  );
}

interface FieldsProps {
  readonly controls: Controls;
  readonly locked: boolean;
  readonly more: string;
}

function Fields({ controls, locked, more }: FieldsProps) {
  const { recipe, view } = useApp();
  const details = useRef<HTMLDetailsElement>(null);
  const errors = recipe.errors.value;
  const attention = view.attention.value;
  const hidden = controls.more.some(({ name }) => errors[name]);
  useEffect(() => {
    if (hidden && details.current) details.current.open = true;
  }, [hidden, attention]);
  return (
    <fieldset disabled={locked}>
      {controls.main.map((setting) => (
        <SettingRow key={setting.name} setting={setting} />
      ))}
      <details ref={details}>
        <summary class="small muted">{more}</summary>
        {controls.more.map((setting) => (
          <SettingRow key={setting.name} setting={setting} />
        ))}
      </details>
    </fieldset>
  );
}

// What the model will weigh, by the engine's own plan, before anything is allocated.
function Estimate() {
  const { recipe } = useApp();
  const plan = recipe.plan.value;
  return (
    <>
      <p class="estimate small muted">
        <span class="mono">{plan ? formatMillions(plan.parameters) : '–'}</span> parameters,{' '}
        <span class="mono">{plan ? formatBytes(plan.total_bytes) : '–'}</span> of memory
      </p>
      {recipe.problem.value && <Trouble>{recipe.problem.value}</Trouble>}
    </>
  );
}
