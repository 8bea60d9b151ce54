import { readdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { execute } from './execute';
import { projectRoot } from './paths';

/** Bundles the extension into dist/, as it is packaged. */
export async function buildExtension(): Promise<void> {
  await execute(process.execPath, ['esbuild.js'], { cwd: projectRoot });
}

/** Bundles the tests that run inside the extension host into out/vscode/, and gives the path of their entry. */
export async function buildVscodeTests(): Promise<string> {
  const source = path.join(projectRoot, 'test/vscode');
  const outdir = path.join(projectRoot, 'out/vscode');
  await build({
    entryPoints: readdirSync(source)
      .filter((name) => name === 'index.ts' || name.endsWith('.test.ts'))
      .map((name) => path.join(source, name)),
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
  });
  return path.join(outdir, 'index.js');
}
