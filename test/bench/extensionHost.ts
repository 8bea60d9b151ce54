import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { buildExtension } from '../rig/build';
import { currentRun } from '../rig/owned';
import { projectRoot } from '../rig/paths';

/**
 * Calls `run()` of a module beside this one inside a real extension host, in a window of its own in which nothing of
 * Longshore runs by itself, and gives what it hands back.
 */
export async function inExtensionHost(module: string, env: NodeJS.ProcessEnv = {}): Promise<unknown> {
  await buildExtension();
  const outfile = path.join(projectRoot, `out/bench/${module}.js`);
  await build({
    entryPoints: [path.join(__dirname, `${module}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  });
  const folder = mkdtempSync(path.join(currentRun().folder, 'window-'));
  for (const needed of ['data/User', 'workspace']) mkdirSync(path.join(folder, needed), { recursive: true });
  writeFileSync(path.join(folder, 'data/User/settings.json'), '{}');
  const results = path.join(folder, 'results.json');
  await runTests({
    vscodeExecutablePath: path.join(projectRoot, 'test/rig/vscode-host'),
    extensionDevelopmentPath: idleExtension(folder),
    extensionTestsPath: outfile,
    launchArgs: [
      path.join(folder, 'workspace'),
      `--user-data-dir=${folder}/data`,
      `--extensions-dir=${folder}/extensions`,
    ],
    extensionTestsEnv: { ...currentRun().env, ...env, HOME: folder, LONGSHORE_BENCH_RESULTS: results },
  });
  return JSON.parse(readFileSync(results, 'utf8'));
}

/** The extension as it is, but for what would activate it. */
function idleExtension(folder: string): string {
  const extension = path.join(folder, 'extension');
  for (const part of ['dist', 'media'])
    cpSync(path.join(projectRoot, part), path.join(extension, part), { recursive: true });
  const manifest = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as object;
  writeFileSync(path.join(extension, 'package.json'), JSON.stringify({ ...manifest, activationEvents: [] }));
  return extension;
}
