import { setTimeout as delay } from 'node:timers/promises';
import { renameContainer } from '../../src/engine/containers';
import { socketDialer } from '../../src/engine/dial';
import { Engine } from '../../src/engine/http';
import { calm, handBack } from './insideHost';
import { local, localFleet } from './localFleet';
import { showTree } from './showTree';

const [warmUp, rounds] = [20, 100];

/**
 * Called by the extension host: times lone events of the engine at LONGSHORE_BENCH_PORT, from an event's arrival, past
 * the one request that it costs, to the row drawn anew.
 */
export async function run(): Promise<void> {
  const port = Number(process.env.LONGSHORE_BENCH_PORT);
  const client = new Engine(socketDialer({ host: '127.0.0.1', port }));
  const fleet = localFleet();
  const times: number[] = [];
  let arrived = Number.NaN;
  let drawn = (_at: number) => {};
  const tree = showTree(fleet, () => drawn(performance.now()));
  try {
    fleet.configure([local('real', port)]);
    fleet.setVisible(true);
    const host = await fleet.ready('real', AbortSignal.timeout(30_000));
    const [id = ''] = host.lists.containers.items.keys();
    fleet.onDidChange(({ what }) => {
      if (what === 'event') arrived = performance.now();
    });
    await calm();
    for (let i = 0; i < warmUp + rounds; i++) {
      const shown = new Promise<number>((resolve) => {
        drawn = resolve;
      });
      await renameContainer(client, id, `renamed${i}`);
      times.push((await shown) - arrived);
      // The next one is to be a lone event, too.
      await delay(300);
    }
    handBack(times.slice(warmUp));
  } finally {
    tree.hide();
    fleet.dispose();
    await client.close();
  }
}
