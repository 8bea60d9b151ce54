import type { Fleet } from '../../src/fleet/fleet';
import { local, localFleet } from './localFleet';
import { showTree } from './showTree';

/** Looks at hosts until it is drawn how many containers each has, and those that are not too many, and until `use` is done. */
export async function whileDrawn<T>(ports: readonly number[], use: (fleet: Fleet) => T | Promise<T>): Promise<T> {
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
    for (const name of fleet.hosts.keys()) {
      if (!tree.drawn.has(tree.model.groupNode(name, 'containers').key)) throw new Error(`${name} was not drawn`);
    }
    return await use(fleet);
  } finally {
    tree.hide();
    fleet.dispose();
  }
}
