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

/** How long each of some runs took, round by round. */
export interface Timings<Name extends string> {
  /** How many times as long the one took as the other within a round: the median of all rounds. */
  ratio(one: Name, other: Name): number;
}

/**
 * Runs things in turn, in a random order per round, after one round that only warms up: what the machine does meanwhile
 * hits all of them alike. A run that resolves to a number has timed itself, in ms.
 */
export async function interleave<Name extends string>(
  rounds: number,
  runs: Readonly<Record<Name, () => Promise<unknown>>>,
): Promise<Timings<Name>> {
  const all = Object.entries(runs) as [Name, () => Promise<unknown>][];
  for (const [, run] of all) await run();
  const times: Record<Name, number>[] = [];
  for (let round = 0; round < rounds; round++) {
    const took = {} as Record<Name, number>;
    for (const [name, run] of shuffled(all)) {
      const started = performance.now();
      const own = await run();
      took[name] = typeof own === 'number' ? own : performance.now() - started;
    }
    times.push(took);
  }
  return { ratio: (one, other) => median(times.map((took) => took[one] / took[other])) };
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
