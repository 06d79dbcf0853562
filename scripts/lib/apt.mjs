// Installs Debian packages that only tests need.
import { Failure } from './log.mjs';
import { run, which } from './run.mjs';

/**
 * Installs `name` with apt, as root or by sudo without a password. Where neither is to be had, or it
 * fails, a Failure: `need` says what wants it, `advice` what a person can do.
 */
export async function aptInstall(need, name, advice) {
  const asRoot = process.getuid() === 0 ? [] : ['sudo', '-n'];
  const rootable =
    which('apt-get') &&
    (asRoot.length === 0 || (which('sudo') && (await run('sudo', ['-n', 'true'])) === 0));
  if (!rootable) throw new Failure(`${need} ${advice}`);
  const failure = `apt-get could not install ${name}: see above. ${advice}`;
  const apt = (...args) => {
    const [program, ...rest] = [
      ...asRoot,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      ...args,
    ];
    return run(program, rest, { log: name, failure });
  };
  await apt('update', '-q');
  await apt('install', '-y', '-q', '--no-install-recommends', name);
}
