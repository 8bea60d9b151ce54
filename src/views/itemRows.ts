import type { Container, Port } from '../engine/containers';
import type { Image } from '../engine/images';
import type { Network } from '../engine/networks';
import { bracketed, isAnyAddress } from '../engine/ports';
import { humanSize, memorySize } from '../engine/quantities';
import type { Stats } from '../engine/stats';
import type { Volume } from '../engine/volumes';
import { containerWords, itemWords } from '../fleet/capabilityWords';
import type { Access } from '../fleet/config';
import { isTroubled } from '../fleet/incidents';
import { sanitise } from '../fleet/sanitise';
import { shortId } from '../fleet/shortId';
import { formatAge, formatClock } from './ages';
import { green, grey, type Icon, joined, orange, type Row, red, yellow } from './row';

/**
 * The row of a container: name, image, ports, and its state in icon and words. `diedAt` (ms since 1970) is given where it
 * died by itself lately.
 */
export function containerRow(
  container: Container,
  access: Access,
  { diedAt, stats }: { diedAt?: number | undefined; stats?: Stats | undefined } = {},
): Row {
  const { name, image, ports } = container;
  const state = stateWords(container);
  const published = portWords(ports);
  const died = diedAt === undefined ? '' : `died ${formatClock(diedAt)}`;
  const figures = stats ? `${stats.cpuPercent.toFixed(1)}% ${memorySize(stats.memory)}` : '';
  return {
    label: sanitise(name),
    description: sanitise(
      joined(figures, state === 'running' || state === 'healthy' ? '' : state, died, published, image),
    ),
    icon: containerIcon(container),
    contextValue: containerWords(container, access),
    spoken: sanitise(
      `container ${[name, state, died].filter(Boolean).join(', ')}, image ${image}${published && `, ports ${published}`}`,
    ),
    ...(isTroubled(container, diedAt) ? { tone: 'trouble' as const } : {}),
  };
}

/** A container's state as one says it: `running`, `unhealthy`, `exited (137)`. */
export function stateWords({ state, health, exitCode }: Container): string {
  if (state === 'running') return health === 'starting' ? 'health: starting' : (health ?? state);
  return exitCode === undefined ? state : `${state} (${exitCode})`;
}

/** Shapes differ as well as colours: who can't tell green from red still sees which is which. */
function containerIcon({ state, health, exitCode }: Container): Icon {
  switch (state) {
    case 'running':
      if (health === 'unhealthy') return { name: 'error', color: red };
      if (health === 'starting') return { name: 'watch', color: yellow };
      return { name: health === 'healthy' ? 'pass-filled' : 'play-circle', color: green };
    case 'paused':
      return { name: 'debug-pause', color: yellow };
    case 'restarting':
      return { name: 'debug-restart', color: yellow };
    case 'created':
      return { name: 'circle-outline', color: grey };
    case 'exited':
      return exitCode ? { name: 'warning', color: orange } : { name: 'debug-stop', color: grey };
    case 'dead':
      return { name: 'circle-slash', color: red };
    case 'removing':
      return { name: 'trash', color: grey };
    default:
      return { name: 'question', color: grey };
  }
}

/** Ports that a row has room for. */
const mostPorts = 6;

/** Published ports, shortest first; the address only where it isn't every one of the host. */
export function portWords(ports: readonly Port[]): string {
  const texts = ports.flatMap(({ ip, publicPort, privatePort, protocol }) => {
    if (publicPort === undefined) return [];
    const address = isAnyAddress(ip) ? '' : `${bracketed(ip)}:`;
    return [`${address}${publicPort}→${privatePort}${protocol === 'tcp' ? '' : `/${protocol}`}`];
  });
  const all = [...new Set(texts)].sort((a, b) => a.length - b.length || a.localeCompare(b));
  return [...all.slice(0, mostPorts), ...(all.length > mostPorts ? [`+${all.length - mostPorts}`] : [])].join(', ');
}

/** The row of an image: its first tag, size and age. */
export function imageRow(image: Image, access: Access, now: number): Row {
  const [tag, ...others] = image.tags;
  const label = tag ?? image.digests[0]?.split('@')[0] ?? shortId(image.id);
  const description = joined(
    tag === undefined ? 'untagged' : '',
    humanSize(image.size),
    image.created > 0 ? formatAge(image.created * 1000, now) : '',
    others.length === 0 ? '' : `+${others.length} tag${others.length === 1 ? '' : 's'}`,
  );
  return {
    label: sanitise(label),
    description: sanitise(description),
    icon: { name: 'layers', ...(tag === undefined ? { color: grey } : {}) },
    contextValue: itemWords('images', access),
    spoken: sanitise(`image ${label}, ${description}`),
  };
}

/** The row of a network. */
export function networkRow(network: Network, access: Access): Row {
  const { name, driver, scope, internal } = network;
  const description = joined(driver, scope === 'local' ? '' : scope, internal ? 'internal' : '');
  return {
    label: sanitise(name),
    description: sanitise(description),
    icon: { name: 'type-hierarchy' },
    contextValue: itemWords('networks', access, name),
    spoken: sanitise(`network ${name}, ${description}`),
  };
}

/** The row of a volume; an anonymous one is shown by the beginning of its name. */
export function volumeRow(volume: Volume, access: Access): Row {
  const anonymous = /^[a-f0-9]{64}$/.test(volume.name);
  const label = anonymous ? volume.name.slice(0, 12) : volume.name;
  const description = joined(anonymous ? 'anonymous' : '', volume.driver === 'local' ? '' : volume.driver);
  return {
    label: sanitise(label),
    description: sanitise(description),
    icon: { name: 'database', ...(anonymous ? { color: grey } : {}) },
    contextValue: itemWords('volumes', access),
    spoken: sanitise(`volume ${label}${description && `, ${description}`}`),
  };
}
