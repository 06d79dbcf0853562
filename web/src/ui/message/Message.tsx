import type { ComponentChildren } from 'preact';
import './Message.css';

// A sentence of trouble, beside what it concerns.
export function Trouble({ children, id }: { children: ComponentChildren; id?: string }) {
  return (
    <p class="trouble small" role="alert" id={id}>
      {children}
    </p>
  );
}
