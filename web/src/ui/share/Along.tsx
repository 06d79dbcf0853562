import type { Along as Choices } from '../../state/share-state';
import { useApp } from '../use-app';

// What may go along, and what that means.
export function Along() {
  const { run, text } = useApp();
  const current = run.run.value?.text ?? text.text.value;
  const own = current !== null && current.corpus === null;
  return (
    <fieldset class="share-along">
      <legend class="small muted">Along with it</legend>
      <Choice
        name="prompt"
        label="The prompt"
        help="Whoever opens the link can write from it at once."
      />
      <Choice
        name="model"
        label="The model itself"
        help={
          run.alive.value
            ? 'Rounded to 8 bits a weight: it writes at once, nearly as here, and cannot be trained on.'
            : 'There is none yet: it comes with the first step.'
        }
        disabled={!run.alive.value}
      />
      {own && (
        <Choice
          name="text"
          label="Your text itself"
          help={`All of “${current.name}”, for everybody who has the link to read. Without it the link has its name, length and SHA-256.`}
        />
      )}
    </fieldset>
  );
}

interface ChoiceProps {
  readonly name: keyof Choices;
  readonly label: string;
  readonly help: string;
  readonly disabled?: boolean;
}

function Choice({ name, label, help, disabled = false }: ChoiceProps) {
  const { share } = useApp();
  return (
    <div class="share-choice">
      <input
        id={`along-${name}`}
        type="checkbox"
        checked={share.along.value[name]}
        disabled={disabled}
        aria-describedby={`along-${name}-help`}
        onChange={(event) => share.choose({ [name]: event.currentTarget.checked })}
      />
      <label for={`along-${name}`}>{label}</label>
      <span class="small muted" id={`along-${name}-help`}>
        {help}
      </span>
    </div>
  );
}
