import Mocha from 'mocha';
import type { Results } from './results';

/** An invisible mark at the head of each line that tests write within VS Code, whose window writes much else. */
export const testMark = '\u2063';

/** Runs test files one after the other in this process; what they say goes to standard output, spec style. */
export async function runMocha(files: readonly string[], options: Mocha.MochaOptions): Promise<Results> {
  const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', forbidOnly: true, ...options });
  for (const file of files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  const failures: string[] = [];
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      const { passes = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed: failures.length, skipped: pending, failures });
    });
    runner.on('fail', (test) => failures.push(test.fullTitle()));
  });
}
