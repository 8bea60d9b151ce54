import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onInterruption } from './interruption';
import { type Layer, layers, testFiles } from './layers';
import { type Run, startRun } from './owned';
import { projectRoot } from './paths';
import { prepare } from './prepare';
import { type Results, readResults, resultsVariable } from './results';

let current: Run | undefined;
onInterruption(async () => current?.release());
void main(process.argv.slice(2));

/** `test.ts [LAYER…]`: all layers where none is named. The last line that it writes is the sum. */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !layers.some((layer) => layer.name === name));
  if (unknown.length > 0)
    throw new Error(`Unknown layer ${unknown.join(', ')}: ${layers.map(({ name }) => name).join(', ')}`);
  const wanted = layers.filter(({ name }) => names.length === 0 || names.includes(name));
  const results: Results[] = [];
  for (const layer of wanted) {
    process.stdout.write(`\n${layer.name} tests\n`);
    results.push(await resultsOf(layer));
  }
  const sum = (count: 'passed' | 'failed' | 'skipped') => results.reduce((total, result) => total + result[count], 0);
  const failures = results.flatMap((result) => result.failures);
  process.stdout.write(`\n${failures.map((title) => `failed: ${title}\n`).join('')}`);
  const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed${skipped}\n`);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
}

/** A layer that can't run, runs too long or leaves something open counts as one failure more, with a line that says why. */
async function resultsOf(layer: Layer): Promise<Results> {
  let results: Results | undefined;
  let problem: string | undefined;
  try {
    if (testFiles(layer.name).length === 0) throw new Error(`there are no tests in test/${layer.name}`);
    await prepare(layer.name);
    current = startRun();
    try {
      const file = path.join(current.folder, 'results.json');
      problem = await runLayer(layer, current, file);
      results = readResults(file);
    } finally {
      await current.release();
      current = undefined;
    }
    if (results?.passed === 0 && results.failed === 0) problem ??= 'every test was skipped';
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const { passed, failed, skipped, failures } = results ?? { passed: 0, failed: 0, skipped: 0, failures: [] };
  if (problem === undefined) return { passed, failed, skipped, failures };
  process.stdout.write(`The ${layer.name} tests: ${problem}\n`);
  return { passed, failed: failed + 1, skipped, failures: [...failures, `${layer.name}: ${problem}`] };
}

/** Runs the layer's process to its end, and says what was wrong with that where something was. */
async function runLayer(layer: Layer, run: Run, file: string): Promise<string | undefined> {
  const child = spawn(process.execPath, ['--import', 'tsx', ...layer.command()], {
    cwd: projectRoot,
    detached: true, // interruptions are for this process, which stops the layer with all that it started
    env: { ...run.env, [resultsVariable]: file },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = once(child, 'exit').then(() => undefined);
  const stuck = await Promise.race([ended, whyStuck(child, file, layer.minutes * 60)]);
  if (stuck !== undefined) return stuck;
  const results = readResults(file);
  if (results === undefined) return `could not run: ${child.signalCode ?? `exit code ${child.exitCode}`}`;
  return child.exitCode === 0 || results.failed > 0 ? undefined : `passed, but ended with exit code ${child.exitCode}`;
}

async function whyStuck(child: ChildProcess, file: string, seconds: number): Promise<string | undefined> {
  const deadline = Date.now() + seconds * 1000;
  for (let patience = 20; patience > 0; ) {
    await sleep(500, undefined, { ref: false });
    if (child.exitCode !== null || child.signalCode !== null) return undefined;
    if (Date.now() > deadline) return `took longer than ${seconds / 60} minutes`;
    if (readResults(file) !== undefined) patience -= 0.5;
  }
  return 'did not end by themselves: a test left something open';
}
