import type { Container } from '../engine/containers';
import { type Fields, inner, number, text } from '../engine/decode';
import type { Endpoint } from '../engine/endpoint';
import type { Image } from '../engine/images';
import type { Network } from '../engine/networks';
import { formatPorts } from '../engine/published';
import { humanSize } from '../engine/quantities';
import type { Volume } from '../engine/volumes';
import { addressOf, browsablePorts } from '../fleet/addresses';
import { isBrowsable } from '../fleet/capabilityWords';
import type { Host } from '../fleet/host';
import { shortId } from '../fleet/shortId';
import { formatMoment } from './ages';
import { dangerOf } from './hostRow';
import { stateWords } from './itemRows';
import { joined } from './row';

/** One line of a tooltip: what it is, what it is now (remote text, not yet sanitised), and an address where it is a link. */
export type Fact = readonly [name: string, value: string, url?: string];

/** Labels, and links, that are shown at most: an engine may have thousands. */
const mostLabels = 12;
const mostLinks = 12;

/** What people look for in a container. `inspected` is the engine's own JSON, where it could be had. */
export function containerFacts(container: Container, endpoint: Endpoint, inspected: Fields): Fact[] {
  const state = inner(inspected.State);
  const health = inner(state.Health);
  const probe = inner(Array.isArray(health.Log) ? health.Log.at(-1) : undefined);
  const restarts = number(inspected.RestartCount);
  const mounts = container.mounts.map(({ type, name, source, destination, writable }) => {
    return `${(type === 'volume' && name) || source} → ${destination}${writable ? '' : ' (read-only)'}`;
  });
  return facts([
    ['State', joined(stateWords(container), since(state), state.OOMKilled === true ? 'out of memory' : '')],
    ['Error', text(state.Error)],
    ['Health', joined(text(probe.Output).trim(), moment(text(probe.End)))],
    ['Restarts', restarts > 0 ? String(restarts) : ''],
    ['Image', container.image],
    ['Command', container.command],
    ['Ports', formatPorts(container.ports)],
    ...linkFacts(container, endpoint),
    ['Networks', container.networks.join(', ')],
    ...mounts.map((mount): Fact => ['Mount', mount]),
    ['Created', formatMoment(container.created * 1000)],
    ['Id', shortId(container.id)],
    ...labelFacts(container.labels),
  ]);
}

/** What people look for in an image. */
export function imageFacts(image: Image, users: readonly string[]): Fact[] {
  return facts([
    ['Tags', image.tags.join(', ')],
    ['Size', humanSize(image.size)],
    ['Created', image.created > 0 ? formatMoment(image.created * 1000) : ''],
    ['Used by', users.join(', ')],
    ['Digest', image.digests.join(', ')],
    ['Id', shortId(image.id)],
    ...labelFacts(image.labels),
  ]);
}

/** What people look for in a network. */
export function networkFacts(network: Network, members: readonly string[]): Fact[] {
  return facts([
    ['Driver', network.driver],
    ['Scope', network.scope],
    ['Containers', members.join(', ')],
    ['Id', shortId(network.id)],
    ...labelFacts(network.labels),
  ]);
}

/** What people look for in a volume. */
export function volumeFacts(volume: Volume, users: readonly string[]): Fact[] {
  return facts([
    ['Name', volume.name],
    ['Driver', volume.driver],
    ['Used by', users.join(', ')],
    ['Mountpoint', volume.mountpoint],
    ['Created', volume.created],
    ...labelFacts(volume.labels),
  ]);
}

/** What people look for in a host: how it is reached, what it speaks, what is dangerous or wrong. */
export function hostFacts(host: Host): Fact[] {
  const { config, state } = host;
  return facts([
    ['Endpoint', config.endpoint],
    ['API', state.kind === 'ready' ? state.version : ''],
    ['Problem', state.kind === 'failed' ? state.error.message : ''],
    ['Warning', dangerOf(config)?.sentence ?? ''],
    [
      'Access',
      { full: '', confirm: 'asks before every change', readOnly: 'read-only: nothing can be changed' }[config.access],
    ],
    ['Corrected', host.corrections > 0 ? `${host.corrections} items that no event had told of` : ''],
  ]);
}

/** Since when it has been in its state. */
function since(state: Fields): string {
  // Between two tries Docker says that it runs.
  const runs = state.Running === true && state.Restarting !== true;
  const at = moment(text(runs ? state.StartedAt : state.FinishedAt));
  return at && `${runs ? 'started' : 'ended'} ${at}`;
}

/** A moment as an engine writes it, by the clock; '' for none. */
function moment(iso: string): string {
  const at = Date.parse(iso);
  // Docker's zero time stands for never.
  return Number.isNaN(at) || at <= 0 ? '' : formatMoment(at);
}

/** The published ports that can be opened from here, at their host's real address. */
function linkFacts(container: Container, endpoint: Endpoint): Fact[] {
  if (!isBrowsable(container)) return [];
  const links = browsablePorts(container.ports)
    .map((port) => addressOf(endpoint, port))
    .filter(({ reachable }) => reachable)
    .map(({ url }): Fact => ['Open', url, url]);
  return capped(links, mostLinks);
}

function labelFacts(labels: Readonly<Record<string, string>>): Fact[] {
  return capped(
    Object.entries(labels).map(([name, value]): Fact => ['Label', `${name}=${value}`]),
    mostLabels,
  );
}

function capped(all: readonly Fact[], most: number): Fact[] {
  const name = all[0]?.[0] ?? '';
  return all.length > most ? [...all.slice(0, most), [name, `… and ${all.length - most} more`]] : [...all];
}

function facts(all: readonly Fact[]): Fact[] {
  return all.filter(([, value]) => value !== '');
}
