import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from './paths';

/** One kind of tests, as the folder below test/ that holds them. */
export interface Layer {
  readonly name: string;
  /** The time limit for all of its tests together. */
  readonly minutes: number;
  /** The arguments of the Node process that runs it. */
  command(): readonly string[];
}

/** In the order in which they run: the quick ones first. */
export const layers: readonly Layer[] = [
  { name: 'unit', minutes: 3, command: () => mochaCommand('unit', 10) },
  { name: 'engine', minutes: 20, command: () => mochaCommand('engine', 60) },
  { name: 'vscode', minutes: 10, command: () => ['test/rig/runVscodeTests.ts'] },
  { name: 'ui', minutes: 20, command: () => mochaCommand('ui', 180) },
];

/** The layer's test files, relative to the project's root. */
export function testFiles(layer: string): string[] {
  return sourceFiles(layer).filter((file) => file.endsWith('.test.ts'));
}

/** All source files of the layer, relative to the project's root. */
export function sourceFiles(layer: string): string[] {
  const folder = path.join(projectRoot, 'test', layer);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => path.join('test', layer, file));
}

function mochaCommand(layer: string, secondsPerTest: number): string[] {
  return ['test/rig/mochaLayer.ts', String(secondsPerTest), ...testFiles(layer)];
}
