import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(__dirname, '../../../shared/vectors');

/**
 * Declares a test per group of expected outcomes from public suites, which lie beside the project; where they are
 * missing the test shows as skipped. `check` gets each case and throws where the outcome is another.
 */
export function itMeets<Case>(file: string, group: string, check: (one: Case) => void | Promise<void>): void {
  const name = `${file}: ${group}`;
  if (!existsSync(path.join(folder, file))) {
    it.skip(`${name} (the cases are not here)`);
    return;
  }
  const { groups } = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as {
    groups: { name: string; cases: Case[] }[];
  };
  const cases = groups.find((each) => each.name === group)?.cases;
  if (!cases || cases.length === 0) throw new Error(`${file} has no cases in a group "${group}"`);
  it(`${name} (${cases.length} cases)`, async () => {
    for (const one of cases) await check(one);
  });
}
