// `node --import tsx mochaLayer.ts SECONDS FILE…`: runs test files with a time limit for each test.
import { runMocha } from './mocha';
import { resultsVariable, writeResults } from './results';

async function main([seconds, ...files]: readonly string[]): Promise<void> {
  const results = await runMocha(files, { timeout: Number(seconds) * 1000 });
  const file = process.env[resultsVariable];
  if (file !== undefined) writeResults(file, results);
  process.exitCode = results.failed > 0 ? 1 : 0; // no exit(): a process that doesn't end by itself has a leak to show
}

void main(process.argv.slice(2));
