// Runs test/vscode inside a real VS Code: the desktop one where it is named or can be downloaded, else the server.
// The tests find a private engine with the image demo/web:1.0 at LONGSHORE_TEST_ENDPOINT (unix://) and
// LONGSHORE_TEST_TCP_ENDPOINT (tcp://), and in LONGSHORE_TEST_REFERENCE an image that a private registry has.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { buildExtension, buildVscodeTests } from './build';
import { startEngine } from './engine';
import { makeImage } from './image';
import { currentRun } from './owned';
import { cacheFolder, projectRoot } from './paths';
import { startRegistry } from './registry';
import { readResults, resultsVariable } from './results';

async function main(): Promise<void> {
  const [extensionTestsPath, engine, registry, vscodeExecutablePath] = await Promise.all([
    buildVscodeTests(),
    startEngine(),
    startRegistry(),
    vscodeExecutable(),
    buildExtension(),
  ]);
  await makeImage(engine.unix);
  const pullable = await registry.push(engine.unix, 'demo/web:1.0', 'demo/pulled:1.0');
  const folder = mkdtempSync(path.join(currentRun().folder, 'window-'));
  const data = path.join(folder, 'data');
  const workspace = path.join(folder, 'workspace');
  for (const needed of [path.join(data, 'User'), workspace]) mkdirSync(needed, { recursive: true });
  writeFileSync(path.join(data, 'User/settings.json'), '{}');
  const results = process.env[resultsVariable] ?? path.join(folder, 'results.json');
  const code = await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: projectRoot,
    extensionTestsPath,
    launchArgs: [workspace, `--user-data-dir=${data}`, `--extensions-dir=${folder}/extensions`, '--disable-extensions'],
    extensionTestsEnv: {
      ...currentRun().env,
      HOME: folder,
      [resultsVariable]: results,
      LONGSHORE_TEST_ENDPOINT: engine.unix,
      LONGSHORE_TEST_TCP_ENDPOINT: engine.tcp,
      LONGSHORE_TEST_REFERENCE: pullable,
    },
  }).catch((error: unknown) => {
    if ((readResults(results)?.failed ?? 0) === 0) process.stderr.write(`${String(error)}\n`);
    return 1;
  });
  process.exitCode = code;
}

/** The desktop VS Code, unless it can't be had: then our own executable, with the server in its place. */
async function vscodeExecutable(): Promise<string> {
  const named = process.env.LONGSHORE_VSCODE;
  if (named !== undefined) return named;
  const canShow = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
  if (canShow && (await isReachable('https://update.code.visualstudio.com/api/releases/stable'))) {
    return downloadAndUnzipVSCode({ cachePath: path.join(cacheFolder, 'desktop') });
  }
  return path.join(__dirname, 'vscode-host');
}

async function isReachable(address: string): Promise<boolean> {
  try {
    return (await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

void main();
