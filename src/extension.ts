import * as vscode from 'vscode';
import type { LongshoreApi } from './api';
import { askToChange } from './commands/approval';
import type { Deps } from './commands/deps';
import { askToAllow } from './commands/hosts';
import { registerCommands } from './commands/register';
import { vscodeUi } from './commands/vscodeUi';
import { makeCredentials } from './credentials';
import { dockerContexts } from './dockerContexts';
import { Turns } from './engine/turns';
import type { HostConfig } from './fleet/config';
import { Fleet } from './fleet/fleet';
import { happenedAt, Incidents } from './fleet/incidents';
import { LiveStats } from './fleet/liveStats';
import { makeEngine } from './fleet/makeEngine';
import { sanitise } from './fleet/sanitise';
import { Search } from './fleet/search';
import { InspectDocuments } from './inspect';
import { makePrompts } from './prompts';
import { makeReveal } from './reveal';
import { Settings } from './settings';
import { showFind } from './views/find';
import { Health } from './views/health';
import type { Node } from './views/node';
import { Tree } from './views/tree';
import { TreeModel } from './views/treeModel';

/** Builds everything and wires it. Reads settings; sends nothing. */
export function activate(context: vscode.ExtensionContext): LongshoreApi {
  const log = vscode.window.createOutputChannel('Longshore', { log: true });
  const settings = new Settings(context);
  const prompts = makePrompts(context);
  const turns = new Turns();
  const connect = (config: HostConfig) =>
    makeEngine(config, {
      approve: askToChange(vscodeUi),
      prompts,
      turns,
      sshProgram: settings.sshProgram,
      log: (line) => log.debug(sanitise(`[${config.name}] ${line}`)),
    });
  const fleet = new Fleet(connect, (line) => log.info(sanitise(line)));
  const incidents = new Incidents();
  /** Figures are followed only while they are wanted and their rows can be seen. */
  const stats = new LiveStats(
    fleet,
    () => (settings.showStats && view.visible ? model.openContainers() : []),
    (host, ids) => tree.redrawItems(host, 'containers', ids),
  );
  const model = new TreeModel(
    fleet,
    incidents,
    () => settings.treeOptions(),
    (host, id) => stats.of(host, id),
  );
  const tree: Tree = new Tree(fleet, model, () => stats.look());
  const view = vscode.window.createTreeView<Node>('longshore.hosts', {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
  });
  const documents = new InspectDocuments(fleet);
  const search = new Search(fleet);
  const changed = new vscode.EventEmitter<string | undefined>();

  /** The status bar shows the fleet, too: who wants it from the start keeps every host connected. */
  const attend = () => {
    fleet.setHidden(settings.treeOptions().hidden);
    const always = settings.connectOnStartup;
    fleet.setVisible(view.visible || always);
    if (always) for (const { name } of fleet.shown) fleet.want(name);
  };
  /** What menus and the welcome depend on. */
  const tellHosts = () => {
    const [all, shown] = [fleet.hosts.size, fleet.shown.length];
    void vscode.commands.executeCommand('setContext', 'longshore.hasHosts', all > 0);
    void vscode.commands.executeCommand('setContext', 'longshore.hiding', shown < all);
    void vscode.commands.executeCommand('setContext', 'longshore.allHidden', all > 0 && shown === 0);
  };
  const reconfigure = () => {
    fleet.configure(settings.hosts());
    attend();
    tellHosts();
  };
  const redraw = () => {
    const { filter } = settings.treeOptions();
    view.message = filter === '' ? '' : `Filter: ${filter}`;
    void vscode.commands.executeCommand('setContext', 'longshore.filtered', filter !== '');
    tree.redraw();
  };

  const deps: Deps = {
    fleet,
    settings,
    ui: vscodeUi,
    credentials: makeCredentials(context, vscodeUi),
    desk: {
      copy: async (text) => vscode.env.clipboard.writeText(text),
      browse: async (address) => {
        await vscode.env.openExternal(vscode.Uri.parse(address, true));
      },
      showJson: (target, title, preview, signal) => documents.show(target, title, preview, signal),
      showLog: () => log.show(),
      reveal: makeReveal({ model, tree, view, settings, ui: vscodeUi }),
      selection: () => [view.selection[0], view.selection],
      showMore: (parent) => tree.showMore(parent),
      find: () => showFind(fleet, search, (found) => void deps.desk.reveal(found)),
    },
    tryHost: async (config, signal) => {
      const engine = connect(config);
      try {
        await engine.version(signal);
      } finally {
        await engine.close();
      }
    },
    dockerContexts,
    reconfigure,
  };

  const asked = new Set<string>();
  const askAboutHeld = () => {
    const held = [...fleet.hosts.values()].map(({ config }) => config).filter((config) => config.held);
    const fresh = held.filter((config) => !asked.has(JSON.stringify(config)));
    for (const config of fresh) asked.add(JSON.stringify(config));
    if (fresh.length > 0) void askToAllow(deps, fresh);
  };

  const health = new Health(fleet, incidents, view, () => tree.redraw());
  const off = fleet.onDidChange((change) => {
    if (change.what === 'event') {
      const { host, event } = change;
      const isNews = incidents.take(host.name, event, happenedAt(host, event, Date.now()));
      if (isNews) tree.redrawContainer(host, event.id);
    }
    if (change.what !== 'event' && settings.showStats) stats.look();
    if (change.what === 'hosts') changed.fire(undefined);
    else if (change.what === 'state' || (change.what === 'items' && change.kind === 'containers')) {
      changed.fire(change.host.name);
    }
  });

  context.subscriptions.push(
    log,
    settings,
    tree,
    view,
    changed,
    { dispose: off },
    { dispose: () => fleet.dispose() },
    health,
    documents.register(),
    vscode.window.registerFileDecorationProvider(tree),
    registerCommands(deps, (line) => log.error(line)),
    { dispose: () => stats.stop() },
    view.onDidCollapseElement(({ element }) => {
      model.setOpen(element, false);
      stats.look();
    }),
    view.onDidExpandElement(({ element }) => {
      model.setOpen(element, true);
      stats.look();
    }),
    view.onDidChangeVisibility(({ visible }) => {
      attend();
      stats.look();
      if (visible) askAboutHeld();
    }),
    settings.onDidChangeLook(() => {
      attend();
      tellHosts();
      redraw();
      health.redraw();
      stats.look();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(reconfigure),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('longshore.hosts')) {
        reconfigure();
        if (view.visible) askAboutHeld();
      }
      if (change.affectsConfiguration('longshore.connectOnStartup')) attend();
      if (change.affectsConfiguration('longshore.statusBar')) health.redraw();
      if (change.affectsConfiguration('longshore.ssh')) fleet.resetSsh();
    }),
  );

  reconfigure();
  redraw();
  if (view.visible) askAboutHeld();
  return api(fleet, changed.event);
}

function api(fleet: Fleet, onDidChange: vscode.Event<string | undefined>): LongshoreApi {
  // Every other extension is handed the same object.
  return Object.freeze<LongshoreApi>({
    get hosts() {
      return [...fleet.hosts.values()].map(({ name, config, state }) => ({
        name,
        endpoint: config.endpoint,
        state: state.kind,
        ...(state.kind === 'failed' ? { problem: state.error.message } : {}),
      }));
    },
    onDidChange,
    ready: async (host) => {
      await fleet.ready(host, new AbortController().signal);
    },
    containers: (host) =>
      [...(fleet.hosts.get(host)?.lists.containers.items.values() ?? [])].map(({ id, name, image, state }) => ({
        id,
        name,
        image,
        state,
      })),
  });
}
