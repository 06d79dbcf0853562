import { describe, expect, it } from 'vitest';
import { keyAction } from '../../../web/src/state/keys';

const press = (key: string, more = {}) => ({
  key,
  repeat: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

describe('keyAction', () => {
  it.each([
    [' ', 'toggle'],
    ['.', 'single'],
    ['g', 'generate'],
    ['G', 'generate'],
    ['/', 'prompt'],
    ['?', 'keys'],
    ['x', null],
  ])('%j on the page means %s', (key, action) => {
    expect(keyAction(press(key), 'body', false)).toBe(action);
  });

  it('leaves keys to what is typed into, to dialogs and to the browser', () => {
    for (const field of ['input', 'textarea', 'select']) {
      expect(keyAction(press('g'), field, false)).toBeNull();
    }
    expect(keyAction(press('g'), 'body', true)).toBeNull();
    expect(keyAction(press('g', { ctrlKey: true }), 'body', false)).toBeNull();
  });

  it('lets Space press the button that has the focus', () => {
    expect(keyAction(press(' '), 'button', false)).toBeNull();
    expect(keyAction(press('.'), 'button', false)).toBe('single');
  });

  it('repeats single steps only, while a key is held', () => {
    expect(keyAction(press(' ', { repeat: true }), 'body', false)).toBeNull();
    expect(keyAction(press('.', { repeat: true }), 'body', false)).toBe('single');
  });
});
