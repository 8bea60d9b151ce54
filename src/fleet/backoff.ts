/** How long to wait before try `failures + 1`, in ms: 2 s doubling to 30 s, each with up to half taken off at random. */
export function backoff(failures: number, random: () => number = Math.random): number {
  const full = Math.min(2000 * 2 ** failures, 30_000);
  return full * (1 - random() / 2);
}
