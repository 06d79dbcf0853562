// What reading somebody else's input gives: a value, or a sentence that says what is wrong with it.
export type Result<T> = { value: T; error: null } | { value: null; error: string };

export function right<T>(value: T): Result<T> {
  return { value, error: null };
}

export function wrong(error: string): { value: null; error: string } {
  return { value: null, error };
}
