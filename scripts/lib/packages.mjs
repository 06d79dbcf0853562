// The npm packages, exactly as package-lock.json has them.
import { readFileSync } from 'node:fs';
import { stage } from './log.mjs';
import { at } from './paths.mjs';
import { run } from './run.mjs';
import { hash, stamp, stamped } from './stamp.mjs';

/** Installs the npm packages where they are missing or older than the lock. */
export async function installPackages() {
  const file = at('node_modules/.clearformer-stamp');
  const value = hash(
    readFileSync(at('package.json'), 'utf8'),
    readFileSync(at('package-lock.json'), 'utf8'),
    process.platform,
    process.arch,
  );
  if (stamped(file, value)) return;
  await stage('install npm packages', () =>
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      log: 'npm-ci',
      failure: 'npm could not install the packages: check the network and the message above.',
    }),
  );
  stamp(file, value);
}
