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
import { formatAge } from './ages';
import { dangerOf } from './hostRow';
import { stateWords } from './itemRows';

/** One line of a tooltip: what it is, what it is now (remote text, not yet sanitised), and an address where it is a link. */
export type Fact = readonly [name: string, value: string, url?: string];

const mostLabels = 12;

/** What people look for in a container. `inspected` is the engine's own JSON, where it could be had. */
export function containerFacts(container: Container, endpoint: Endpoint, inspected: Fields, now: number): Fact[] {
  const state = inner(inspected.State);
  const health = inner(state.Health);
  const probes = Array.isArray(health.Log) ? health.Log : [];
  const restarts = number(inspected.RestartCount);
  const mounts = container.mounts.map(({ type, name, source, destination, writable }) => {
    return `${(type === 'volume' && name) || source} → ${destination}${writable ? '' : ' (read-only)'}`;
  });
  return facts([
    ['State', `${stateWords(container)}${since(state, now) || (container.status && ` · ${container.status}`)}`],
    ['Error', text(state.Error)],
    ['Health', text(inner(probes.at(-1)).Output).trim()],
    ['Restarts', restarts > 0 ? String(restarts) : ''],
    ['Image', container.image],
    ['Command', container.command],
    ['Ports', formatPorts(container.ports)],
    ...linkFacts(container, endpoint),
    ['Networks', container.networks.join(', ')],
    ...mounts.map((mount): Fact => ['Mount', mount]),
    ['Created', formatAge(container.created * 1000, now)],
    ['Id', shortId(container.id)],
    ...labelFacts(container.labels),
  ]);
}

/** What people look for in an image. */
export function imageFacts(image: Image, users: readonly string[], now: number): Fact[] {
  return facts([
    ['Tags', image.tags.join(', ')],
    ['Size', humanSize(image.size)],
    ['Created', image.created > 0 ? formatAge(image.created * 1000, now) : ''],
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

/** How long it has been in its state; the list's own sentence about that was true when it was listed. */
function since(state: Fields, now: number): string {
  const at = Date.parse(text(state.Running === true ? state.StartedAt : state.FinishedAt));
  // Docker's zero time stands for never.
  return Number.isNaN(at) || at <= 0 ? '' : ` · ${state.Running === true ? 'started' : 'ended'} ${formatAge(at, now)}`;
}

/** The published ports that can be opened from here, at their host's real address. */
function linkFacts(container: Container, endpoint: Endpoint): Fact[] {
  if (!isBrowsable(container)) return [];
  return browsablePorts(container.ports)
    .map((port) => addressOf(endpoint, port))
    .filter(({ reachable }) => reachable)
    .map(({ url }): Fact => ['Open', url, url]);
}

function labelFacts(labels: Readonly<Record<string, string>>): Fact[] {
  const all = Object.entries(labels);
  const shown = all.slice(0, mostLabels).map(([name, value]): Fact => ['Label', `${name}=${value}`]);
  return all.length > mostLabels ? [...shown, ['Label', `… and ${all.length - mostLabels} more`]] : shown;
}

function facts(all: readonly Fact[]): Fact[] {
  return all.filter(([, value]) => value !== '');
}
