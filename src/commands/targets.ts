import type { Container } from '../engine/containers';
import type { Image } from '../engine/images';
import type { Network } from '../engine/networks';
import type { Volume } from '../engine/volumes';
import { containerWords, itemWords } from '../fleet/capabilityWords';
import type { Host } from '../fleet/host';
import type { Kind } from '../fleet/lists';
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

/** The host that a command is for: the one it was called on, the only one, or the one that the person chooses. */
export async function chooseHost(deps: Deps, given: unknown, title: string): Promise<string | undefined> {
  if (isHostTarget(given)) return given.host;
  const hosts = [...deps.fleet.hosts.values()];
  if (hosts.length === 0) throw new Error('There is no host yet. Use "Longshore: Add Host…".');
  if (hosts.length === 1) return hosts[0]?.name;
  const choices = hosts.map((host) => ({
    label: host.name,
    description: `${host.config.endpoint} ${host.state.kind === 'ready' ? '' : host.state.kind}`.trim(),
    value: host.name,
  }));
  const chosen = await deps.ui.choose(title, choices, { placeholder: 'On which host?' });
  return chosen === back ? undefined : chosen;
}

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
  if (isItemTarget(clicked, kinds)) {
    const selected = Array.isArray(selection) ? selection.filter((each) => isItemTarget(each, kinds)) : [];
    return selected.some(({ host, id }) => host === clicked.host && id === clicked.id) ? selected : [clicked];
  }
  const name = await chooseHost(deps, clicked, title);
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
  return kind === 'containers' ? containerWords(item as Container, config.access) : itemWords(kind, config.access);
}
