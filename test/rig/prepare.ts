import { readFileSync } from 'node:fs';
import path from 'node:path';
import { prepareChromium } from './chromium';
import { debianEngine } from './debianEngine';
import { need, type Program } from './install';
import { sourceFiles } from './layers';
import { projectRoot } from './paths';
import { prepareVscode } from './vscodeInstall';

/** What the rig's modules take from the system when they are used. */
const programs: Readonly<Record<string, readonly Program[]>> = {
  engine: ['ip', 'dockerd'],
  engines: ['ip', 'dockerd'],
  image: ['busybox'],
  registry: ['docker-registry', 'htpasswd'],
  certificates: ['openssl'],
  sshd: ['sshd', 'ssh'],
  podman: ['podman'],
};

/**
 * Brings what a layer's tests will use onto the machine, before any test's clock runs; rejects with one line that says
 * why it can't. What they use is seen from the modules of the rig that they import.
 */
export async function prepare(layer: string): Promise<void> {
  const source = [...sourceFiles(layer), ...(layer === 'vscode' ? ['test/rig/runVscodeTests.ts'] : [])]
    .map((file) => readFileSync(path.join(projectRoot, file), 'utf8'))
    .join('\n');
  const modules = new Set([...source.matchAll(/from '(?:\.\.?\/)+(?:rig\/)?(\w+)'/g)].map((match) => match[1] ?? ''));
  if ((modules.has('engine') || modules.has('engines')) && process.getuid?.() !== 0) {
    throw new Error('needs root, for the private Docker engines that it starts');
  }
  await Promise.all([
    need(...new Set([...modules].flatMap((name) => programs[name] ?? []))),
    source.includes("'26.1'") && debianEngine('trixie'),
    source.includes("'28.5'") && debianEngine('sid'),
    (layer === 'vscode' || modules.has('workbench')) && prepareVscode(),
  ]);
  if (layer === 'vscode' || modules.has('workbench')) await prepareChromium(); // apt takes one at a time
}
