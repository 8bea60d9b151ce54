import { inExtensionHost } from './extensionHost';
import { type Measurement, measured, median } from './measure';

/** What activation costs inside a real extension host, in a window of its own each time. */
export async function activation(): Promise<Measurement[]> {
  const runs: { activate: number; undici: boolean }[] = [];
  for (let i = 0; i < 3; i++) {
    runs.push((await inExtensionHost('timeActivation')) as { activate: number; undici: boolean });
  }
  return [
    measured('activate.ms', median(runs.map(({ activate }) => activate)), 'ms', { atMost: 10 }),
    measured('activate.undiciLoaded', runs.filter(({ undici }) => undici).length, 'times', { exactly: 0 }),
  ];
}
