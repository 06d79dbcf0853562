import { useEffect, useState } from 'preact/hooks';
import type { Writing } from '../../state/writing-state';
import { useApp } from '../use-app';

const SAID_MS = 2000; // how long it is said that a text was copied

// What can be done with a text that is finished.
export function WritingActions({ writing }: { writing: Writing }) {
  const { write, run } = useApp();
  const { step, asked, done } = writing;
  const name = `the text of step ${step}`;
  const can = done.value && run.alive.value;
  return (
    <p class="writing-actions">
      {can && (
        <button
          class="link"
          type="button"
          aria-label={`Continue ${name}`}
          onClick={() => void write.goOn(writing)}
        >
          Continue
        </button>
      )}
      {can && asked && (
        <button
          class="link"
          type="button"
          aria-label={`Retry ${name} with another seed`}
          onClick={() => void write.again(writing)}
        >
          Retry
        </button>
      )}
      <Copy writing={writing} name={name} />
    </p>
  );
}

function Copy({ writing, name }: { writing: Writing; name: string }) {
  const [said, say] = useState<string | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => say(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () =>
    navigator.clipboard.writeText(writing.prompt + writing.text.value).then(
      () => say('Copied'),
      () => say('Refused'),
    );
  return (
    <button
      class="link writing-copy"
      type="button"
      aria-label={said ? `${said}: ${name}` : `Copy ${name}`}
      title={said === 'Refused' ? 'The browser refused; select the text and copy it' : undefined}
      onClick={() => void copy()}
    >
      {said ?? 'Copy'}
    </button>
  );
}
