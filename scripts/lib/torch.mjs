// Finds a Python with PyTorch, which the command line's tests compare exported models with.
import { aptInstall } from './apt.mjs';
import { say, stage } from './log.mjs';
import { output } from './run.mjs';

const kPackage = 'python3-torch';
// Debian's own, which its package is for, then the PATH's.
const kPythons = ['/usr/bin/python3', 'python3'];
const kAdvice = `Install PyTorch ('sudo apt-get install ${kPackage}' on Debian).`;

const find = () => kPythons.find((python) => output(python, ['-c', 'import torch']) !== undefined);

/** A Python's path; undefined, and said, where none has PyTorch. CI tries to install it. */
export async function findTorch() {
  if (!find() && process.env.CI) {
    const need = 'The tests against PyTorch need it installed.';
    const install = () => aptInstall(need, kPackage, kAdvice);
    await stage('install PyTorch with apt', install).catch(({ message }) => say(`  ${message}`));
  }
  const found = find();
  if (!found) say(`  The tests against PyTorch are skipped. ${kAdvice}`);
  return found;
}
