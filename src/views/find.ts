import * as vscode from 'vscode';
import type { Container } from '../engine/containers';
import { containerWords, itemWords } from '../fleet/capabilityWords';
import type { Fleet } from '../fleet/fleet';
import type { Host } from '../fleet/host';
import { sanitiseLabel } from '../fleet/sanitise';
import type { Found, Search } from '../fleet/search';
import { imageRow, networkRow, portWords, stateWords, volumeRow } from './itemRows';
import { joined, type Row } from './row';

/** Rows that are shown at most: what is not among them wants a further word. */
const limit = 100;

/** Between two redraws for changes of the fleet, in ms. */
const pause = 250;

interface FoundItem extends vscode.QuickPickItem {
  readonly found: Found;
}

type Button = vscode.QuickInputButton & { readonly command: string };

const buttons: readonly (readonly [
  capability: string,
  icon: string,
  tooltip: string,
  command: string,
  changes: boolean,
])[] = [
  ['startable', 'play', 'Start', 'longshore.start', true],
  ['stoppable', 'debug-stop', 'Stop', 'longshore.stop', true],
  ['browsable', 'link-external', 'Open in Browser', 'longshore.browse', false],
  ['inspectable', 'json', 'Inspect', 'longshore.inspect', false],
];

/** A quick pick over everything on every host, from what is known live; Enter shows the object in the tree. */
export function showFind(fleet: Fleet, search: Search, reveal: (found: Found) => void): void {
  const pick = vscode.window.createQuickPick<FoundItem>();
  pick.placeholder = 'Name, image, label, state, :port or id of a container, image, network or volume';
  let goingOn: NodeJS.Immediate | undefined;
  const draw = () => {
    const { found, complete } = search.find(pick.value, limit);
    const marked = pick.activeItems[0]?.found;
    pick.title = titleOf(fleet.shown, found.length === limit);
    pick.items = found.flatMap((each) => item(fleet, each));
    const again = pick.items.find((each) => marked && isSame(each.found, marked));
    if (again && again !== pick.items[0]) pick.activeItems = [again];
    clearImmediate(goingOn);
    pick.busy = !complete || fleet.shown.some(({ state }) => state.kind === 'connecting');
    if (!complete) goingOn = setImmediate(draw);
  };
  // A burst of changes is drawn once, and what is marked in the list stays so.
  let due: NodeJS.Timeout | undefined;
  const off = fleet.onDidChange(({ what }) => {
    if (what === 'event') return;
    due ??= setTimeout(() => {
      due = undefined;
      draw();
    }, pause);
  });
  // Who opens it from the palette has no view open that connects hosts.
  const end = new AbortController();
  const release = fleet.keep();
  for (const { name, state } of fleet.shown) if (state.kind === 'idle') fleet.ready(name, end.signal).catch(() => {});
  pick.onDidChangeValue(() => {
    // Other words have another best.
    pick.activeItems = [];
    draw();
  });
  pick.onDidAccept(() => {
    // Who is quicker than the list means the best of what was typed.
    const chosen = pick.selectedItems[0]?.found ?? best(search, pick.value);
    pick.hide();
    if (chosen) reveal(chosen);
  });
  pick.onDidTriggerItemButton(({ item: { found }, button }) => {
    void vscode.commands.executeCommand((button as Button).command, found);
  });
  pick.onDidHide(() => {
    off();
    release();
    end.abort();
    clearTimeout(due);
    clearImmediate(goingOn);
    pick.dispose();
  });
  draw();
  pick.show();
}

/** Where is looked, and where not: what is nowhere in the list may be there. */
function titleOf(hosts: readonly Host[], isCut: boolean): string {
  const missing = hosts.filter(
    ({ state, lists }) => !lists.containers.known && (state.kind === 'failed' || state.kind === 'held'),
  );
  const names = missing.slice(0, 3).map(({ name }) => sanitiseLabel(name));
  if (missing.length > names.length) names.push(`${missing.length - names.length} more`);
  const where =
    missing.length === 0
      ? 'All Hosts'
      : `${hosts.length - missing.length} of ${hosts.length} Hosts (not on ${names.join(', ')})`;
  return `Find on ${where}${isCut ? ` · the first ${limit}` : ''}`;
}

function isSame(a: Found, b: Found): boolean {
  return a.host === b.host && a.kind === b.kind && a.id === b.id;
}

function best(search: Search, words: string): Found | undefined {
  for (;;) {
    const { found, complete } = search.find(words, 1);
    if (complete) return found[0];
  }
}

function item(fleet: Fleet, found: Found): FoundItem[] {
  const host = fleet.hosts.get(found.host);
  const object = host?.lists[found.kind].items.get(found.id);
  if (!host || !object) return [];
  const { access } = host.config;
  const words =
    found.kind === 'containers'
      ? containerWords(object as Container, access)
      : itemWords(found.kind, access, found.name);
  const row = rowOf(found, object, access);
  return [
    {
      found,
      // VS Code would filter once more, by its own rules.
      alwaysShow: true,
      label: `$(${row.icon}) ${row.label}`,
      description: `${sanitiseLabel(host.name)}${host.state.kind === 'ready' ? '' : ' (as last seen)'} · ${row.description}`,
      buttons: buttons
        .filter(
          ([capability, , , , changes]) => words.split(' ').includes(capability) && !(changes && access === 'readOnly'),
        )
        .map(([, icon, tooltip, command]): Button => ({ iconPath: new vscode.ThemeIcon(icon), tooltip, command })),
    },
  ];
}

function rowOf(
  found: Found,
  object: unknown,
  access: 'full' | 'confirm' | 'readOnly',
): { icon: string; label: string; description: string } {
  if (found.kind === 'containers') {
    const container = object as Container;
    const description = joined(stateWords(container), container.image, portWords(container.ports));
    return { icon: 'vm-running', label: sanitiseLabel(container.name), description: sanitiseLabel(description) };
  }
  const rows: Readonly<Record<'images' | 'networks' | 'volumes', () => Row>> = {
    images: () => imageRow(object as never, access, Date.now()),
    networks: () => networkRow(object as never, access),
    volumes: () => volumeRow(object as never, access),
  };
  const { icon, label, description } = rows[found.kind]();
  return { icon: icon.name, label: label.replaceAll('$(', '$ ('), description: description.replaceAll('$(', '$ (') };
}
