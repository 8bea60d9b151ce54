import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { buildExtension } from '../rig/build';
import { projectRoot } from '../rig/paths';
import { type Measurement, measured } from './measure';

/** What is read at activation, and what is downloaded. */
export async function bundles(): Promise<Measurement[]> {
  await buildExtension();
  const size = (file: string) => statSync(path.join(projectRoot, file)).size;
  mkdirSync(path.join(projectRoot, 'out'), { recursive: true });
  execFileSync('npm', ['run', '-s', 'package', '--', '--out', 'out/longshore.vsix'], {
    cwd: projectRoot,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const packed = size('out/longshore.vsix');
  rmSync(path.join(projectRoot, 'out/longshore.vsix'));
  return [
    measured('bundle.main.bytes', size('dist/extension.js'), 'B', { atMost: 150_000 }),
    measured('vsix.bytes', packed, 'B', { atMost: 700_000 }),
  ];
}
