import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { MOST_NAME, type RunRecord } from '../../storage/run-record';
import { useApp } from '../use-app';

// A run's name, which becomes a field where it is pressed.
export function RunName({ record }: { record: RunRecord }) {
  const { library } = useApp();
  const editing = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const { id, name } = record;
  useLayoutEffect(() => {
    if (editing.value) field.current?.select();
  }, [editing.value]);
  const end = (words: string | null) => {
    if (!editing.value) return; // Escape takes the field away, and with it the focus
    editing.value = false;
    if (words !== null) void library.rename(id, words);
  };
  const giveBack = () => setTimeout(() => button.current?.focus());
  if (!editing.value) {
    return (
      <button
        ref={button}
        class="run-name"
        type="button"
        title="Rename"
        aria-label={`Rename “${name}”`}
        onClick={() => (editing.value = true)}
      >
        {name}
      </button>
    );
  }
  return (
    <input
      ref={field}
      class="field run-name"
      type="text"
      aria-label={`New name of “${name}”`}
      autocomplete="off"
      spellcheck={false}
      maxLength={MOST_NAME}
      defaultValue={name}
      onBlur={(event) => end(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        event.preventDefault(); // in a sheet, Escape would close that
        event.stopPropagation();
        end(event.key === 'Enter' ? event.currentTarget.value : null);
        giveBack();
      }}
    />
  );
}
