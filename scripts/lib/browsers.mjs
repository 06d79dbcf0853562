// Finds the browsers for the end-to-end tests, or installs Debian's.
import { Failure, say, stage } from './log.mjs';
import { run, which } from './run.mjs';

const kChromium = {
  label: 'Chromium',
  variable: 'CHROMIUM',
  names: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
  package: 'chromium',
};
const kFirefox = {
  label: 'Firefox',
  variable: 'FIREFOX',
  names: ['firefox-esr', 'firefox'],
  package: 'firefox-esr',
};

/** The path of a Chromium: CHROMIUM, or one on the PATH, or Debian's, installed. */
export const findChromium = () => find(kChromium);

/** Likewise of a Firefox; undefined, and said, where there is none. In CI there has to be one. */
export async function findFirefox() {
  try {
    return await find(kFirefox);
  } catch (failure) {
    if (!(failure instanceof Failure) || process.env.CI || process.env.FIREFOX) throw failure;
    say(`  The tests in Firefox are skipped. ${failure.message}`);
    return undefined;
  }
}

const advice = ({ label, variable, package: name }) =>
  `Install ${label} ('sudo apt-get install ${name}' on Debian), or name one with ${variable}=/path/to/${name}.`;

async function find(browser) {
  const { label, variable, names } = browser;
  const named = process.env[variable];
  if (named) {
    const path = which(named);
    if (path) return path;
    throw new Failure(`${variable} names '${named}', which is not a program. ${advice(browser)}`);
  }
  const onPath = () => names.map((name) => which(name)).find(Boolean);
  if (!onPath()) await stage(`install ${label} with apt`, () => install(browser));
  const path = onPath();
  if (!path) throw new Failure(`apt gave no ${label} that is on the PATH. ${advice(browser)}`);
  return path;
}

async function install(browser) {
  const asRoot = process.getuid() === 0 ? [] : ['sudo', '-n'];
  const rootable =
    which('apt-get') &&
    (asRoot.length === 0 || (which('sudo') && (await run('sudo', ['-n', 'true'])) === 0));
  if (!rootable) {
    throw new Failure(`The tests in ${browser.label} need it installed. ${advice(browser)}`);
  }
  const failure = `apt-get could not install ${browser.label}: see above. ${advice(browser)}`;
  const apt = (...args) => {
    const [program, ...rest] = [
      ...asRoot,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      ...args,
    ];
    return run(program, rest, { log: browser.package, failure });
  };
  await apt('update', '-q');
  await apt('install', '-y', '-q', '--no-install-recommends', browser.package);
}
