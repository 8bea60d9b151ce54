import type { Fleet } from '../../src/fleet/fleet';
import type { TreeModel } from '../../src/views/treeModel';
import { local, localFleet } from './localFleet';
import { showTree } from './showTree';

/** Looks at hosts until the containers of each are drawn, to the end of the first page, and until `use` is done. */
export async function whileDrawn<T>(
  ports: readonly number[],
  use: (fleet: Fleet, model: TreeModel) => T | Promise<T>,
): Promise<T> {
  const fleet = localFleet();
  fleet.configure(ports.map((port, index) => local(`h${index}`, port)));
  let drawn = () => {};
  const tree = showTree(fleet, () => drawn());
  try {
    fleet.setVisible(true);
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('Not all hosts were drawn')), 60_000);
      drawn = () => {
        if (![...fleet.hosts.values()].every(({ lists }) => lists.containers.known)) return;
        clearTimeout(late);
        resolve();
      };
    });
    return await use(fleet, tree.model);
  } finally {
    tree.hide();
    fleet.dispose();
  }
}
