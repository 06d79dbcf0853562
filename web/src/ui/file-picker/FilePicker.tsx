import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

interface Props {
  readonly look: 'button' | 'link';
  readonly label: string; // of what is picked
  readonly accept?: string;
  readonly multiple?: boolean;
  readonly testId?: string;
  readonly onFiles: (files: readonly File[]) => void; // one at least
  readonly children: ComponentChildren; // what stands on the button
}

// A button that has files picked; the browser's own control is out of sight.
export function FilePicker({ look, label, accept, multiple, testId, onFiles, children }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button class={look} type="button" onClick={() => input.current?.click()}>
        {children}
      </button>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        tabIndex={-1}
        accept={accept}
        multiple={multiple}
        aria-label={label}
        data-testid={testId}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = ''; // so that the same one can be picked again
          if (files.length > 0) onFiles(files);
        }}
      />
    </>
  );
}
