import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(__dirname, '../../../shared/vectors');

/**
 * Declares a test per group of expected outcomes from public suites, which lie beside the project; where they are
 * missing the test shows as skipped. `check` gets each case and throws where the outcome is another; `concerns` leaves
 * out those that are about what is not there yet, which the test's name tells.
 */
export function itMeets<Case>(
  file: string,
  group: string,
  check: (one: Case) => void | Promise<void>,
  concerns: (one: Case) => boolean = () => true,
): void {
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
  const concerning = cases.filter(concerns);
  const count = concerning.length < cases.length ? `${concerning.length} of ${cases.length}` : cases.length;
  it(`${name} (${count} cases)`, async () => {
    for (const one of concerning) await check(one);
  });
}
