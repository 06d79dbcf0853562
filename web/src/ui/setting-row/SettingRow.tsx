import { useComputed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { idleBecause } from '../../recipe/controls';
import { FIRST_SIZE, sizeOf } from '../../recipe/entries';
import type { Setting } from '../../recipe/schema';
import { useApp } from '../use-app';
import './SettingRow.css';

// One setting: its name, its control, what it does, and what is wrong with it.
export function SettingRow({ setting, locked }: { setting: Setting; locked: boolean }) {
  const { recipe, view } = useApp();
  const { name } = setting;
  const error = useComputed(() => recipe.errors.value[name]).value;
  const idle = useComputed(() => idleBecause(setting, recipe.entries.value)).value;
  const row = useRef<HTMLDivElement>(null);
  const attention = view.attention.value;
  useEffect(() => {
    if (attention?.name === name) row.current?.querySelector<HTMLElement>('input, select')?.focus();
  }, [attention, name]);
  const id = `setting-${name}`;
  const notes = { help: true, idle: idle !== null, error: Boolean(error) };
  const described = Object.entries(notes)
    .filter(([, isThere]) => isThere)
    .map(([note]) => `${id}-${note}`)
    .join(' ');
  return (
    <div
      class={locked ? 'setting-row locked' : 'setting-row'}
      ref={row}
      onMouseEnter={() => (view.pointedAt.value = name)}
      onFocusCapture={() => (view.pointedAt.value = name)}
    >
      <label for={id}>{setting.label}</label>
      <SettingControl
        setting={setting}
        id={id}
        described={described}
        invalid={Boolean(error)}
        locked={locked}
      />
      <p class="setting-help small muted" id={`${id}-help`}>
        {setting.help}
      </p>
      {idle && (
        <p class="setting-idle small muted" id={`${id}-idle`}>
          {idle}
        </p>
      )}
      {error && (
        <p class="trouble small" role="alert" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

interface ControlProps {
  readonly setting: Setting;
  readonly id: string;
  readonly described: string;
  readonly invalid: boolean;
  readonly locked: boolean;
}

function SettingControl({ setting, id, described, invalid, locked }: ControlProps) {
  const { recipe, view } = useApp();
  const { name } = setting;
  const entry = useComputed(() => recipe.entries.value[name]).value;
  // Heeded where the control comes with a sheet that opens because of it.
  const autofocus = view.attention.value?.name === name;
  const common = {
    id,
    autofocus,
    disabled: locked,
    'aria-describedby': described,
    'aria-invalid': invalid,
  };
  if (setting.type === 'boolean') {
    return (
      <input
        {...common}
        type="checkbox"
        checked={entry === true}
        onChange={(event) => recipe.set(name, event.currentTarget.checked)}
      />
    );
  }
  const number = {
    class: 'mono field',
    type: 'text',
    inputMode: setting.type === 'number' ? 'decimal' : 'numeric',
    autocomplete: 'off',
    spellcheck: false,
  } as const;
  if (setting.type === 'choice') {
    const { choices = [], sized } = setting;
    const kind = sized?.replace(':', ''); // how the sized choice is listed
    const size = sizeOf(setting, entry ?? '');
    const withSize = (typed: string | number) => recipe.set(name, `${sized}${typed}`);
    return (
      <>
        <select
          {...common}
          value={size === null ? String(entry) : kind}
          onChange={({ currentTarget: { value } }) =>
            value === kind ? withSize(FIRST_SIZE) : recipe.set(name, value)
          }
        >
          {[...choices, ...(kind ? [kind] : [])].map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
        {size !== null && (
          <>
            <label class="small muted" for={`${id}-size`}>
              how many
            </label>
            <input
              {...common}
              {...number}
              id={`${id}-size`}
              autofocus={false}
              value={size}
              onInput={(event) => withSize(event.currentTarget.value)}
            />
          </>
        )}
      </>
    );
  }
  return (
    <input
      {...common}
      {...number}
      value={String(entry)}
      onInput={(event) => recipe.set(name, event.currentTarget.value)}
    />
  );
}
