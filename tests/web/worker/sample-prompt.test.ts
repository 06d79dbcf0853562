import { describe, expect, it } from 'vitest';
import { samplePrompt } from '../../../web/src/worker/sample-prompt';

const of = (text: string) => samplePrompt(new TextEncoder().encode(text));

describe('samplePrompt', () => {
  it.each([
    ['Once upon a time', 'Once'],
    ['\n\n  Prologue\n', 'Prologue'],
    ['吾輩は猫である', '吾輩は猫である'],
    ['   ', '   '],
    ['\n', '\n'],
  ])('of %j is %j', (text, prompt) => {
    expect(of(text)).toBe(prompt);
  });

  it('is short, and cuts no character in two', () => {
    expect(of('🦊'.repeat(200))).toBe('🦊'.repeat(16));
  });
});
