// What the scripts say: one line when a stage begins, one when it ends, one sentence when it fails.

/** A failure that a person can act on: its message is one sentence that says how. */
export class Failure extends Error {}

/** A failure whose sentence the program that failed has already said. */
export class ToldFailure extends Failure {}

export const say = (line) => console.log(line);

export function seconds(since) {
  const elapsed = (performance.now() - since) / 1000;
  return elapsed < 60
    ? `${elapsed.toFixed(1)} s`
    : `${Math.floor(elapsed / 60)} min ${Math.round(elapsed % 60)} s`;
}

/** Runs `work`, saying what it does and how long it took. */
export async function stage(name, work) {
  const start = performance.now();
  say(`> ${name}`);
  const result = await work();
  say(`  done: ${name} (${seconds(start)})`);
  return result;
}

/** Runs a script's main function; a failure ends in its sentence and status 1, never in a stack. */
export async function main(run) {
  process.on('SIGINT', () => process.exit(130));
  const [major, minor] = process.versions.node.split('.').map(Number);
  try {
    if (major < 20 || (major === 20 && minor < 19)) {
      throw new Failure(
        `Node ${process.versions.node} is too old: install Node 20.19 or newer (https://nodejs.org).`,
      );
    }
    await run();
  } catch (error) {
    if (!(error instanceof ToldFailure)) {
      console.error(`\n${error instanceof Error ? error.message : error}`);
    }
    if (process.env.CLEARFORMER_DEBUG) console.error(error);
    process.exit(1);
  }
}
