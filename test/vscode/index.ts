import { readdirSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import { runMocha, testMark } from '../rig/mocha';
import { resultsVariable, writeResults } from '../rig/results';

/** Called by the extension host: runs every test file beside this one, and rejects when a test failed. */
export async function run(): Promise<void> {
  Mocha.reporters.Base.consoleLog = (...values: unknown[]) => console.log(testMark + format(...values));
  const files = readdirSync(__dirname).filter((name) => name.endsWith('.test.js'));
  const results = await runMocha(
    files.sort().map((name) => path.join(__dirname, name)),
    { timeout: 30_000, color: false },
  );
  const file = process.env[resultsVariable];
  if (file !== undefined) writeResults(file, results);
  if (results.failed > 0) throw new Error(`${results.failed} of the tests failed`);
}
