import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import type { WrittenToken } from '../../protocol/to-page';
import type { Writing } from '../../state/writing-state';
import { useApp } from '../use-app';

// A token pointed at.
export interface PointedToken {
  readonly token: WrittenToken;
  readonly byKey: boolean;
}

// Tells which token of which text is pointed at: hovered, tapped, or reached by the arrow keys.
export function useTokens(list: RefObject<HTMLOListElement | null>) {
  const { writing, chart } = useApp();
  const pointed = useSignal<PointedToken | null>(null);

  const find = (element: Element): { writing: Writing; index: number } | null => {
    const key = element.closest<HTMLElement>('.writing')?.dataset.key;
    const found = writing.writings.peek().find((each) => each.key === key);
    const index = Number((element as HTMLElement).dataset.token ?? NaN);
    return found && found.tokens[index] ? { writing: found, index } : null;
  };
  const mark = (element: Element | null, byKey: boolean) => {
    list.current?.querySelector('.token.at')?.classList.remove('at');
    const found = element && find(element);
    if (!found) {
      if (pointed.peek()?.byKey) chart.step.value = null;
      pointed.value = null;
      return;
    }
    element.classList.add('at');
    if (byKey) {
      element.scrollIntoView({ block: 'nearest' });
      chart.step.value = found.writing.step; // as hovering the text does
    }
    pointed.value = { token: found.writing.tokens[found.index]!, byKey };
  };
  const point = (event: Event) => {
    const { target } = event;
    mark(target instanceof Element ? target.closest('.token') : null, false);
  };
  const move = (by: 1 | -1) => {
    const all = [...(list.current?.querySelectorAll('.token') ?? [])];
    const at = all.findIndex((token) => token.classList.contains('at'));
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
    if (all[next]) mark(all[next], true);
  };
  return {
    token: pointed,
    handlers: {
      onPointerOver: point,
      onPointerDown: point,
      onClick: point, // of a finger whose touch made the tokens
      // A finger leaves when it is lifted; what it tapped stays until it taps elsewhere.
      onPointerLeave: (event: PointerEvent) => {
        if (event.pointerType === 'mouse') mark(null, false);
      },
      onBlur: () => mark(null, false),
      onScroll: () => {
        if (!pointed.peek()?.byKey) mark(null, false);
      },
      onKeyDown: (event: KeyboardEvent) => {
        if (event.target !== list.current) return; // a button of a text
        if (event.key === 'ArrowRight') move(1);
        else if (event.key === 'ArrowLeft') move(-1);
        else if (event.key === 'Escape') mark(null, false);
        else return;
        event.preventDefault();
      },
    },
  };
}
