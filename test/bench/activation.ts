import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { buildExtension } from '../rig/build';
import { currentRun } from '../rig/owned';
import { projectRoot } from '../rig/paths';
import { type Measurement, measured, median } from './measure';

/** What activation costs inside a real extension host, in a window of its own each time. */
export async function activation(): Promise<Measurement[]> {
  await buildExtension();
  const outfile = path.join(projectRoot, 'out/bench/activate.js');
  await build({
    entryPoints: [path.join(projectRoot, 'test/bench/insideHost.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  });
  const runs: { activate: number; undici: boolean }[] = [];
  for (let i = 0; i < 3; i++) {
    const folder = mkdtempSync(path.join(currentRun().folder, 'activate-'));
    for (const needed of ['data/User', 'workspace']) mkdirSync(path.join(folder, needed), { recursive: true });
    writeFileSync(path.join(folder, 'data/User/settings.json'), '{}');
    const extension = idleExtension(folder);
    const results = path.join(folder, 'results.json');
    await runTests({
      vscodeExecutablePath: path.join(projectRoot, 'test/rig/vscode-host'),
      extensionDevelopmentPath: extension,
      extensionTestsPath: outfile,
      launchArgs: [
        path.join(folder, 'workspace'),
        `--user-data-dir=${folder}/data`,
        `--extensions-dir=${folder}/extensions`,
      ],
      extensionTestsEnv: { ...currentRun().env, HOME: folder, LONGSHORE_BENCH_RESULTS: results },
    });
    runs.push(JSON.parse(readFileSync(results, 'utf8')));
  }
  return [
    measured('activate.ms', median(runs.map(({ activate }) => activate)), 'ms', { atMost: 10 }),
    measured('activate.undiciLoaded', runs.filter(({ undici }) => undici).length, 'times', { exactly: 0 }),
  ];
}

/** The extension as it is, but for what would activate it before its activation is timed. */
function idleExtension(folder: string): string {
  const extension = path.join(folder, 'extension');
  for (const part of ['dist', 'media'])
    cpSync(path.join(projectRoot, part), path.join(extension, part), { recursive: true });
  const manifest = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as object;
  writeFileSync(path.join(extension, 'package.json'), JSON.stringify({ ...manifest, activationEvents: [] }));
  return extension;
}
