import { readStop, sampleOptions, shownStop } from '../../recipe/sample-options';
import { useApp } from '../use-app';

export function PromptOptions() {
  return (
    <details class="prompt-options">
      <summary class="small muted">
        <Summary />
      </summary>
      <div class="option-grid">
        {sampleOptions.map((option) => (
          <Option key={option.name} option={option} />
        ))}
        <StopText />
      </div>
    </details>
  );
}

function Summary() {
  const { writing } = useApp();
  const { temperature, max_tokens: tokens } = writing.options.value;
  return (
    <>
      Temperature <span class="mono">{temperature}</span>, <span class="mono">{tokens}</span> tokens
    </>
  );
}

function StopText() {
  const { writing } = useApp();
  return (
    <div class="option">
      <label for="option-stop">Stop text</label>
      <input
        id="option-stop"
        class="mono field"
        type="text"
        autocomplete="off"
        spellcheck={false}
        aria-describedby="option-stop-help"
        value={shownStop(writing.stop.value)}
        onInput={(event) => (writing.stop.value = readStop(event.currentTarget.value))}
      />
      <p class="small muted" id="option-stop-help">
        The text ends once this has been written; \n is a line’s end, nothing is never.
      </p>
    </div>
  );
}

function Option({ option }: { option: (typeof sampleOptions)[number] }) {
  const { writing } = useApp();
  const { name, label, help } = option;
  const error = writing.error.value;
  const invalid = error?.code === 'setting' && error.where === name;
  return (
    <div class="option">
      <label for={`option-${name}`}>{label}</label>
      <input
        id={`option-${name}`}
        class="mono field"
        type="text"
        inputMode="decimal"
        autocomplete="off"
        aria-describedby={`option-${name}-help`}
        aria-invalid={invalid}
        value={writing.options.value[name]}
        onInput={(event) => writing.setOption(name, event.currentTarget.value)}
      />
      <p class="small muted" id={`option-${name}-help`}>
        {help}
      </p>
    </div>
  );
}
