import { Trouble } from '../message/Message';
import { useApp } from '../use-app';
import { PROMPT_ID } from '../use-keys';
import { PromptOptions } from './PromptOptions';
import './Prompt.css';

// The reader's own prompt, and how to write on from it.
export function Prompt() {
  const app = useApp();
  const { writing } = app;
  const busy = writing.busy.value;
  const error = writing.error.value;
  return (
    <form
      class="prompt"
      aria-label="Write with the model"
      onSubmit={(event) => {
        event.preventDefault();
        void app.write.generate();
      }}
    >
      <label class="small muted" for={PROMPT_ID}>
        Prompt
      </label>
      <textarea
        id={PROMPT_ID}
        rows={2}
        placeholder="How the text should begin"
        value={writing.prompt.value}
        onInput={(event) => (writing.prompt.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          void app.write.generate();
        }}
      />
      {error && <Trouble id="prompt-error">{error.message}</Trouble>}
      <div class="prompt-row">
        <PromptOptions />
        {busy ? (
          <button class="button" type="button" onClick={() => app.write.stop()}>
            Stop
          </button>
        ) : (
          <button class="button" type="submit" aria-keyshortcuts="g">
            Generate
          </button>
        )}
      </div>
    </form>
  );
}
