import type { Fleet } from '../../src/fleet/fleet';
import { happenedAt, Incidents } from '../../src/fleet/incidents';
import type { Node } from '../../src/views/node';
import { Redraws } from '../../src/views/redraws';
import { TreeModel } from '../../src/views/treeModel';
import { treeOptions } from '../unit/fixtures';

/** A tree that is in sight until it is hidden. */
export interface ShownTree {
  readonly model: TreeModel;
  /** The keys of what has been drawn. */
  readonly drawn: ReadonlySet<string>;
  hide(): void;
}

/**
 * The tree over a fleet, wired as the extension wires it and drawn as VS Code draws it: what is open, down to the
 * end of each first page. `onDraw` is called whenever something has been drawn anew.
 */
export function showTree(fleet: Fleet, onDraw = () => {}): ShownTree {
  const incidents = new Incidents();
  const model = new TreeModel(fleet, incidents, () => treeOptions);
  const drawn = new Set<string>();
  const draw = (parent?: Node) => {
    if (parent && !model.isOpen(parent)) return;
    for (const child of model.children(parent)) {
      if (child.type === 'host') fleet.want(child.host);
      model.row(child);
      drawn.add(child.key);
      draw(child);
    }
  };
  const redraws = new Redraws(model, (nodes) => {
    if (!nodes) draw();
    for (const node of nodes ?? []) {
      model.row(node);
      draw(node);
    }
    onDraw();
  });
  draw();
  const off = fleet.onDidChange((change) => {
    redraws.add(model.touched(change));
    if (change.what !== 'event') return;
    const { host, event } = change;
    const isNews = incidents.take(host.name, event, happenedAt(host, event, Date.now()));
    if (isNews) redraws.addContainer(host, event.id);
  });
  return {
    model,
    drawn,
    hide: () => {
      off();
      redraws.dispose();
    },
  };
}
