import { readFileSync, writeFileSync } from 'node:fs';

/** What a layer's tests came to. */
export interface Results {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The full titles of the failed tests and hooks. */
  readonly failures: readonly string[];
}

/** The variable that tells a layer's process which file its results go to. */
export const resultsVariable = 'LONGSHORE_RESULTS';

export function writeResults(file: string, results: Results): void {
  writeFileSync(file, JSON.stringify(results));
}

/** Nothing where a layer's process ended (or goes on) without having come to results. */
export function readResults(file: string): Results | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Results;
  } catch {
    return undefined;
  }
}
