/** One row of the table: what was measured, against what it should be. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** As a person reads it: "≤ 1.15", "= 0". */
  readonly goal: string;
  readonly ok: boolean;
}

/** A value that should be at most, at least or exactly so much. */
export function measured(
  name: string,
  value: number,
  unit: string,
  goal: { atMost: number } | { atLeast: number } | { exactly: number },
): Measurement {
  const rounded = Number(value.toPrecision(4));
  if ('atMost' in goal) return { name, value: rounded, unit, goal: `≤ ${goal.atMost}`, ok: value <= goal.atMost };
  if ('atLeast' in goal) return { name, value: rounded, unit, goal: `≥ ${goal.atLeast}`, ok: value >= goal.atLeast };
  return { name, value: rounded, unit, goal: `= ${goal.exactly}`, ok: value === goal.exactly };
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value that so many percent of the numbers don't exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

/**
 * Runs things in turn, in a random order per round, and gives the median ms of each: what the machine does meanwhile
 * hits all of them alike.
 */
export async function interleave<Runs extends Readonly<Record<string, () => Promise<unknown>>>>(
  rounds: number,
  runs: Runs,
): Promise<{ [Name in keyof Runs]: number }> {
  const all = Object.entries(runs).map(([name, run]) => ({ name, run, times: [] as number[] }));
  for (const { run } of all) await run();
  for (let round = 0; round < rounds; round++) {
    for (const { run, times } of shuffled(all)) {
      const started = performance.now();
      await run();
      times.push(performance.now() - started);
    }
  }
  return Object.fromEntries(all.map(({ name, times }) => [name, median(times)])) as { [Name in keyof Runs]: number };
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
