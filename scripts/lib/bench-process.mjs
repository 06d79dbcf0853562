// Runs the processes that measurements are made in.
import { execFile } from 'node:child_process';

const kLongest = 20 * 60_000; // ms; the largest recipe on the slowest engine takes a few minutes

/** Runs a program to its end. @returns {Promise<{status: number | string, stdout: string, stderr: string}>} */
export function runProcess(program, args, env = process.env) {
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: kLongest }, (error, stdout, stderr) => {
      const status = error ? (error.code ?? error.signal) : 0;
      resolve({ status, stdout, stderr: stderr.trim() || (error?.message ?? '') });
    });
  });
}

/** What a process that prints one JSON value printed, or {refused} with why it did not. */
export async function runForJson(program, args, env) {
  const { status, stdout, stderr } = await runProcess(program, args, env);
  if (status !== 0) return { refused: `${stderr.split('\n').at(-1)} (status ${status})` };
  return JSON.parse(stdout);
}
