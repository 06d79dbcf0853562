import { useEffect, useRef } from 'preact/hooks';
import { controlsOf, type Controls } from '../../recipe/controls';
import { firstPreset, presets } from '../../recipe/presets';
import { scheduleNames } from '../../recipe/schedule';
import type { Setting } from '../../recipe/schema';
import {
  formatBytes,
  formatDuration,
  formatMillions,
  formatStepTime,
  NOTHING,
} from '../../state/format';
import { Trouble } from '../message/Message';
import { SettingRow } from '../setting-row/SettingRow';
import { useApp } from '../use-app';
import { useAttention } from '../use-attention';
import './RecipePanel.css';

const CUSTOM = 'custom';
const modelControls = controlsOf(['model']);
const trainingControls = controlsOf(['training', 'watching']);

export function ModelPanel() {
  const { recipe, run, speed } = useApp();
  const section = useAttention<HTMLElement>('model');
  const times = speed.presets.value;
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
              {presetLabel(label, key === firstPreset.key, times[key] ?? null)}
            </option>
          ))}
        </select>
      </div>
      <p class="preset-help small muted">{recipe.preset.value?.help ?? 'A recipe of your own.'}</p>
      <Fields controls={modelControls} locked={locked} more="More of the model" />
      <Weight />
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
        {locked && <span class="small muted">steps, rates and clip can change</span>}
      </div>
      <Fields controls={trainingControls} locked={locked} more="More of training" />
      <Duration />
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
  // A run that is going takes over another schedule, and nothing else.
  const isLocked = ({ name }: Setting) => locked && !scheduleNames.includes(name);
  return (
    <fieldset>
      {controls.main.map((setting) => (
        <SettingRow key={setting.name} setting={setting} locked={isLocked(setting)} />
      ))}
      <details ref={details}>
        <summary class="small muted">{more}</summary>
        {controls.more.map((setting) => (
          <SettingRow key={setting.name} setting={setting} locked={isLocked(setting)} />
        ))}
      </details>
    </fieldset>
  );
}

// "small (good first), ~40 s"
function presetLabel(label: string, first: boolean, seconds: number | null): string {
  const name = first ? `${label} (good first)` : label;
  return seconds === null ? name : `${name}, ~${formatDuration(seconds)}`;
}

// How long the run will take, from a measurement on this machine.
function Duration() {
  const { speed } = useApp();
  const estimate = speed.estimate.value;
  return (
    <p class="estimate small muted">
      <span class="mono">{estimate ? formatStepTime(estimate.perStep) : NOTHING}</span> a step,
      about <span class="mono">{estimate ? formatDuration(estimate.inAll) : NOTHING}</span> in all
    </p>
  );
}

// What the model will weigh, by the engine's own plan, before anything is allocated.
function Weight() {
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
