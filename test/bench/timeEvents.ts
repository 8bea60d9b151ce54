import { calm, handBack } from './insideHost';
import { local, localFleet } from './localFleet';
import { showTree } from './showTree';

const [warmUp, rounds] = [20, 100];

/**
 * Called by the extension host: times lone events of the engine at LONGSHORE_BENCH_PORT, where another process renames
 * the first container over and over, from an event's arrival, past the one request that it costs, to the row drawn anew.
 */
export async function run(): Promise<void> {
  const fleet = localFleet();
  let arrived: number | undefined;
  let drawn = (_took: number) => {};
  const tree = showTree(fleet, () => {
    if (arrived !== undefined) drawn(performance.now() - arrived);
    arrived = undefined;
  });
  try {
    fleet.configure([local('real', Number(process.env.LONGSHORE_BENCH_PORT))]);
    fleet.setVisible(true);
    await fleet.ready('real', AbortSignal.timeout(30_000));
    fleet.onDidChange(({ what }) => {
      if (what === 'event') arrived = performance.now();
    });
    await calm();
    const times: number[] = [];
    while (times.length < warmUp + rounds) {
      times.push(
        await new Promise<number>((resolve) => {
          drawn = resolve;
        }),
      );
    }
    handBack(times.slice(warmUp));
  } finally {
    tree.hide();
    fleet.dispose();
  }
}
