import { useEffect, useState } from 'preact/hooks';
import type { Writing } from '../../state/writing-state';
import { useApp } from '../use-app';

const SAID_MS = 2000; // how long it is said that a text was copied

interface Props {
  readonly writing: Writing;
  readonly reachable: boolean; // by Tab: not every text of a long history is a stop on the way
}

// What can be done with a text that is finished.
export function WritingActions({ writing, reachable }: Props) {
  const { write, run } = useApp();
  const { step, asked, done } = writing;
  const name = `the text of step ${step}`;
  const can = done.value && run.alive.value;
  const tabIndex = reachable ? 0 : -1;
  return (
    <p class="writing-actions">
      {can && (
        <button
          class="link"
          type="button"
          tabIndex={tabIndex}
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
          tabIndex={tabIndex}
          aria-label={`Retry ${name} with another seed`}
          onClick={() => void write.again(writing)}
        >
          Retry
        </button>
      )}
      <Copy writing={writing} name={name} tabIndex={tabIndex} />
    </p>
  );
}

interface CopyProps {
  readonly writing: Writing;
  readonly name: string;
  readonly tabIndex: number;
}

function Copy({ writing, name, tabIndex }: CopyProps) {
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
      tabIndex={tabIndex}
      aria-label={said ? `${said}: ${name}` : `Copy ${name}`}
      title={said === 'Refused' ? 'The browser refused; select the text and copy it' : undefined}
      onClick={() => void copy()}
    >
      {said ?? 'Copy'}
    </button>
  );
}
