// `npm run bench`: measures the product's numbers and prints a table, or with `--json` just their array. With names
// (or beginnings of them) only those groups run. It never fails because a number is missed: machines differ.
import { currentRun } from '../rig/owned';
import { activation } from './activation';
import { bundles } from './bundles';
import { fleetNumbers } from './fleet';
import { lists } from './lists';
import type { Measurement } from './measure';
import { replayed } from './replayed';
import { streams } from './streams';

const groups: Readonly<Record<string, () => Promise<Measurement[]>>> = {
  bundles,
  activation,
  lists,
  fleet: fleetNumbers,
  replayed,
  streams,
};

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const json = args.includes('--json');
  // What libraries print has no place among the numbers.
  console.log = console.error;
  const wanted = args.filter((arg) => !arg.startsWith('--'));
  const measurements: Measurement[] = [];
  for (const [name, run] of Object.entries(groups)) {
    if (wanted.length > 0 && !wanted.some((prefix) => name.startsWith(prefix))) continue;
    process.stderr.write(`measuring ${name}…\n`);
    try {
      measurements.push(...(await run()));
    } catch (error) {
      process.stderr.write(`${name} could not be measured: ${error instanceof Error ? error.message : error}\n`);
    }
  }
  process.stdout.write(json ? `${JSON.stringify(measurements, undefined, 2)}\n` : table(measurements));
  await currentRun().release();
}

function table(measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ name, value, unit, goal, ok }) => [
    name,
    `${value} ${unit}`,
    goal,
    ok ? 'ok' : 'MISSED',
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`).join('');
}

void main();
