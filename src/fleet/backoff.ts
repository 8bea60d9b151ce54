/** How long to wait before try `failures + 1`, in ms: 1 s doubling to 30 s, each with up to half taken off at random. */
export function backoff(failures: number, random: () => number = Math.random): number {
  const full = Math.min(1000 * 2 ** failures, 30_000);
  return full * (1 - random() / 2);
}
