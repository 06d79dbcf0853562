const LONGEST = 16; // characters

// The text's first word: all its tokens are known to the model, and a reader recognises it.
export function samplePrompt(text: Uint8Array): string {
  // The cut may fall within a character, which decodes as U+FFFD.
  const beginning = new TextDecoder().decode(text.subarray(0, 256)).replace(/\uFFFD+$/u, '');
  const word = /\S+/u.exec(beginning)?.[0] ?? beginning;
  return [...word].slice(0, LONGEST).join('') || '\n';
}
