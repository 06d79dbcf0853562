// Finds the browsers for the end-to-end tests, or installs Debian's.
import { aptInstall } from './apt.mjs';
import { Failure, say, stage } from './log.mjs';
import { which } from './run.mjs';

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
  if (!onPath())
    await stage(`install ${label} with apt`, () =>
      aptInstall(`The tests in ${label} need it installed.`, browser.package, advice(browser)),
    );
  const path = onPath();
  if (!path) throw new Failure(`apt gave no ${label} that is on the PATH. ${advice(browser)}`);
  return path;
}
