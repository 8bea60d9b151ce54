import type * as vscode from 'vscode';
import type { Desk, HostSettings } from './commands/deps';
import type { Ui } from './commands/ui';
import type { Node } from './views/node';
import type { HiddenBy } from './views/shown';
import type { Tree } from './views/tree';
import type { TreeModel } from './views/treeModel';

/** What revealing works with. */
interface Parts {
  readonly model: TreeModel;
  readonly tree: Tree;
  readonly view: vscode.TreeView<Node>;
  readonly settings: HostSettings;
  readonly ui: Ui;
}

/** Selects a host or an object in the tree; what is hidden is shown if the person wants that. */
export function makeReveal({ model, tree, view, settings, ui }: Parts): Desk['reveal'] {
  const show: Readonly<Record<HiddenBy, (host: string) => Promise<void>>> = {
    host: (host) => settings.setHiddenHosts(settings.hiddenHosts.filter((each) => each !== host)),
    filter: () => settings.setFilter(''),
    stopped: () => settings.set('containers.showStopped', true),
  };
  return async (target) => {
    const node = 'id' in target ? model.itemNode(target.host, target.kind, target.id) : model.hostNode(target.host);
    const first = model.hiddenBy(target);
    if (first !== undefined) {
      const button = 'Show It';
      const name = 'id' in target ? model.row(node).label : target.host;
      if ((await ui.say('info', `${name} is not in the tree: ${reasons[first]}`, button)) !== button) return;
      for (let why: HiddenBy | undefined = first; why !== undefined; why = model.hiddenBy(target)) {
        await show[why](target.host);
        if (model.hiddenBy(target) === why) return;
      }
      tree.redrawNow();
    }
    tree.makeRoom(node);
    // An object that the lists don't have yet, or any more, can't be shown.
    await view.reveal(node, { select: true, focus: true }).then(undefined, () => {});
  };
}

const reasons: Readonly<Record<HiddenBy, string>> = {
  host: 'its host is hidden in this workspace.',
  filter: 'the filter leaves it out.',
  stopped: 'it does not run, and stopped containers are hidden.',
};
