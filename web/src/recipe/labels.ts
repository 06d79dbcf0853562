import { settingOf } from './schema';

// The engine's sentences name settings as recipes do, the page by its labels: "n_embd is 15" becomes
// "Width is 15".
export function withLabels(sentence: string): string {
  return sentence.replace(
    /\b(lr|[a-z]+(_[a-z0-9]+)+)\b/g,
    (name) => settingOf(name)?.label ?? name,
  );
}
