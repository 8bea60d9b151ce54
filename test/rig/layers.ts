import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { debianEngine } from './debianEngine';
import { need } from './install';
import { projectRoot } from './paths';
import { prepareVscode } from './vscodeInstall';

/** One kind of tests, as the folder below test/ that holds them. */
export interface Layer {
  readonly name: string;
  /** The time limit for all of its tests together. */
  readonly minutes: number;
  /** Brings what the layer needs onto the machine, before any test's clock runs; rejects with why it can't. */
  prepare(): Promise<void>;
  /** The arguments of the Node process that runs it. */
  command(): readonly string[];
}

/** In the order in which they run: the quick ones first. */
export const layers: readonly Layer[] = [
  { name: 'unit', minutes: 3, prepare: async () => {}, command: () => mochaCommand('unit', 10) },
  {
    name: 'engine',
    minutes: 20,
    prepare: async () => {
      needRoot();
      await need('ip', 'dockerd', 'busybox', 'docker-registry', 'htpasswd', 'openssl', 'sshd', 'ssh', 'podman');
      await debianEngine('trixie');
    },
    command: () => mochaCommand('engine', 60),
  },
  {
    name: 'vscode',
    minutes: 10,
    prepare: async () => {
      needRoot();
      await need('ip', 'dockerd', 'busybox', 'chromium');
      await prepareVscode();
    },
    command: () => ['test/rig/runVscodeTests.ts'],
  },
  {
    name: 'ui',
    minutes: 20,
    prepare: async () => {
      needRoot();
      await need('ip', 'dockerd', 'busybox', 'docker-registry', 'htpasswd', 'chromium');
      await prepareVscode();
    },
    command: () => mochaCommand('ui', 180),
  },
];

function mochaCommand(name: string, seconds: number): string[] {
  return ['test/rig/mochaLayer.ts', String(seconds), ...testFiles(name)];
}

/** The layer's test files, relative to the project's root. */
export function testFiles(name: string): string[] {
  const folder = path.join(projectRoot, 'test', name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => path.join('test', name, file));
}

function needRoot(): void {
  if (process.getuid?.() !== 0) throw new Error('needs root, for the private Docker engines that it starts');
}
