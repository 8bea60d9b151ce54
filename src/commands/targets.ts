import type { Container } from '../engine/containers';
import type { Image } from '../engine/images';
import type { Network } from '../engine/networks';
import type { Volume } from '../engine/volumes';
import { containerWords, itemWords } from '../fleet/capabilityWords';
import { readOnlyWords } from '../fleet/guard';
import type { Host } from '../fleet/host';
import { kinds as allKinds, type Kind } from '../fleet/lists';
import { sanitise } from '../fleet/sanitise';
import { shortId } from '../fleet/shortId';
import type { HostTarget, ItemTarget } from '../fleet/target';
import type { Deps } from './deps';
import { back } from './ui';

const nouns: Readonly<Record<Kind, string>> = {
  containers: 'container',
  images: 'image',
  networks: 'network',
  volumes: 'volume',
};

/** What a menu hands over names a host. */
export function isHostTarget(value: unknown): value is HostTarget {
  return typeof value === 'object' && value !== null && 'host' in value && typeof value.host === 'string';
}

/** What a menu hands over names an object of one of these kinds. */
export function isItemTarget(value: unknown, kinds: readonly Kind[]): value is ItemTarget {
  return isHostTarget(value) && 'id' in value && 'kind' in value && kinds.includes(value.kind as Kind);
}

/** What a command is about to do: on a host that is read-only, only reading goes on. */
export type Purpose = 'read' | 'change';

/** The host that a command is for: the one it was called on, the only one, or the one that the person chooses. */
export async function chooseHost(
  deps: Deps,
  given: unknown,
  title: string,
  purpose: Purpose = 'read',
): Promise<string | undefined> {
  const name = isHostTarget(given) ? given.host : await pickHost(deps, title, purpose);
  if (name !== undefined) checkAccess(deps, [name], purpose);
  return name;
}

async function pickHost(deps: Deps, title: string, purpose: Purpose): Promise<string | undefined> {
  const hosts = [...deps.fleet.hosts.values()];
  if (hosts.length === 0) throw new Error('There is no host yet. Use "Longshore: Add Host…".');
  if (hosts.length === 1) return hosts[0]?.name;
  const { hidden } = deps.settings.treeOptions();
  // What somebody put out of sight is not to be hit by mistake.
  const ordered = [false, true].flatMap((isHidden) => hosts.filter(({ name }) => hidden.has(name) === isHidden));
  const choices = ordered.map(({ name, config, state }) => ({
    label: name,
    description: [
      config.endpoint,
      ...(hidden.has(name) ? ['hidden in this workspace'] : []),
      ...(state.kind === 'ready' ? [] : [state.kind]),
      ...(purpose === 'change' && config.access === 'readOnly' ? ['read-only: nothing can be changed there'] : []),
    ].join(' · '),
    value: name,
  }));
  const chosen = await deps.ui.choose(title, choices, { placeholder: 'On which host?' });
  return chosen === back ? undefined : chosen;
}

/** The hosts that a command is for: all that are selected, when the clicked one is among them; else as for one. */
export async function chooseHosts(deps: Deps, given: readonly unknown[], title: string): Promise<string[]> {
  const [clicked, selection] = given;
  const isHost = (value: unknown): value is HostTarget => isHostTarget(value) && !('id' in value) && !('kind' in value);
  const selected = Array.isArray(selection) ? selection.filter(isHost).map(({ host }) => host) : [];
  if (isHost(clicked) && selected.includes(clicked.host)) return selected;
  const one = await chooseHost(deps, clicked, title);
  return one === undefined ? [] : [one];
}

/** Throws where something is to be changed on a host that is read-only: before any question about it. */
function checkAccess(deps: Deps, names: readonly string[], purpose: Purpose): void {
  const name = names.find((each) => deps.fleet.hosts.get(each)?.config.access === 'readOnly');
  if (purpose === 'change' && name !== undefined) throw new Error(readOnlyWords(name));
}

/** What can be done with any object, also on a host that is read-only. */
const reading: ReadonlySet<string> = new Set(['inspectable', 'browsable']);

/**
 * The objects that a command is for: those it was called on (all that are selected, when the clicked one is among them),
 * or the one that the person chooses among those that can be acted on so.
 */
export async function chooseItems(
  deps: Deps,
  given: readonly unknown[],
  kinds: readonly Kind[],
  capability: string,
  title: string,
): Promise<ItemTarget[]> {
  const [clicked, selection] = given;
  const purpose = reading.has(capability) ? 'read' : 'change';
  if (isItemTarget(clicked, kinds)) {
    const selected = Array.isArray(selection) ? selection.filter((each) => isItemTarget(each, kinds)) : [];
    const all = selected.some(({ host, id }) => host === clicked.host && id === clicked.id) ? selected : [clicked];
    const names = all.map(({ host }) => host);
    checkAccess(deps, names, purpose);
    return all;
  }
  // An object of another kind: F2 on an image, say.
  if (isItemTarget(clicked, allKinds)) return [];
  const name = await chooseHost(deps, clicked, title, purpose);
  if (name === undefined) return [];
  const host = await deps.ui.progress(`Connecting to ${name}`, (_report, signal) => deps.fleet.ready(name, signal));
  const choices = kinds.flatMap((kind) =>
    [...host.lists[kind].items]
      .filter(([, item]) => wordsOf(kind, item, host).split(' ').includes(capability))
      .map(([id, item]) => ({
        label: nameOf(kind, item),
        description:
          kind === 'containers' ? `${(item as Container).image} · ${(item as Container).state}` : nouns[kind],
        value: { host: name, kind, id },
      })),
  );
  if (choices.length === 0) {
    throw new Error(`No ${kinds.map((kind) => nouns[kind]).join(' or ')} on ${name} can be acted on so.`);
  }
  const chosen = await deps.ui.choose(
    title,
    choices.sort((a, b) => a.label.localeCompare(b.label)),
    {
      placeholder: `Which ${nouns[kinds[0] ?? 'containers']}${kinds.length > 1 ? ' or other object' : ''} on ${name}?`,
    },
  );
  return chosen === undefined || chosen === back ? [] : [chosen];
}

/** How an object is called: a container's or network's name, an image's first tag. */
export function nameOf(kind: Kind, item: Container | Image | Network | Volume): string {
  if (kind !== 'images') return (item as Container | Network | Volume).name;
  const { tags, id } = item as Image;
  return tags[0] ?? shortId(id);
}

/** An object for a sentence: `container web`, on one line. */
export function described(deps: Deps, { host, kind, id }: ItemTarget): string {
  const item = deps.fleet.hosts.get(host)?.lists[kind].items.get(id);
  return `${nouns[kind]} ${sanitise(item ? nameOf(kind, item) : shortId(id))}`;
}

function wordsOf(kind: Kind, item: Container | Image | Network | Volume, { config }: Host): string {
  return kind === 'containers'
    ? containerWords(item as Container, config.access)
    : itemWords(kind, config.access, nameOf(kind, item));
}
