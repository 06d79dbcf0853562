// Finds Chromium for the end-to-end tests, or installs Debian's.
import { Failure, stage } from './log.mjs';
import { run, which } from './run.mjs';

const kNames = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const kAdvice =
  "Install Chromium ('sudo apt-get install chromium' on Debian), or name one with CHROMIUM=/path/to/chromium.";

/** The path of a Chromium: CHROMIUM, or one on the PATH, or Debian's, installed. */
export async function findChromium() {
  const named = process.env.CHROMIUM;
  if (named) {
    const path = which(named);
    if (!path) throw new Failure(`CHROMIUM names '${named}', which is not a program. ${kAdvice}`);
    return path;
  }
  const onPath = () => kNames.map((name) => which(name)).find(Boolean);
  if (!onPath()) await stage('install Chromium with apt', installChromium);
  const path = onPath();
  if (!path) throw new Failure(`apt gave no Chromium that is on the PATH. ${kAdvice}`);
  return path;
}

async function installChromium() {
  const asRoot = process.getuid() === 0 ? [] : ['sudo', '-n'];
  const rootable =
    which('apt-get') &&
    (asRoot.length === 0 || (which('sudo') && (await run('sudo', ['-n', 'true'])) === 0));
  if (!rootable) throw new Failure(`The end-to-end tests need a browser. ${kAdvice}`);
  const failure = `apt-get could not install Chromium: see above. ${kAdvice}`;
  const apt = (...args) => {
    const [program, ...rest] = [
      ...asRoot,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      ...args,
    ];
    return run(program, rest, { log: 'chromium', failure });
  };
  await apt('update', '-q');
  await apt('install', '-y', '-q', '--no-install-recommends', 'chromium');
}
