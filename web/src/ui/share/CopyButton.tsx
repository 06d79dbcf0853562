import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

interface Props {
  readonly label: string;
  readonly copy: () => Promise<void>;
  readonly subject: unknown; // what is copied: the word of success goes when it changes
  readonly primary?: boolean;
}

// Copies, and says so on itself, where the eye is; a screen reader hears it.
export function CopyButton({ label, copy, subject, primary }: Props) {
  const outcome = useSignal('');
  useEffect(() => void (outcome.value = ''), [subject, outcome]);
  const press = () => {
    copy().then(
      () => (outcome.value = 'Copied'),
      () => (outcome.value = 'The browser forbids it'),
    );
  };
  return (
    <>
      <button
        class={primary ? 'button primary copy-button' : 'button copy-button'}
        type="button"
        onClick={press}
      >
        {outcome.value || label}
      </button>
      <span class="visually-hidden" role="status">
        {outcome}
      </span>
    </>
  );
}
