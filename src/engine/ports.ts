import { isIP } from 'node:net';
import type { Port } from './containers';
import { EngineError } from './errors';

/** One place on the host that a container's port is published at; both empty: the engine chooses. */
export interface PortBinding {
  HostIp: string;
  HostPort: string;
}

/** The two body fields of `POST /containers/create` that publish ports. */
export interface Publishing {
  exposedPorts: Record<string, Record<string, never>>;
  portBindings: Record<string, PortBinding[]>;
}

/**
 * Reads the docker CLI's short grammar (`[[ip:][host]:]container[/protocol]`, ports may be ranges) into what
 * `docker create -p` sends. Throws `invalid`, naming the part that can't be read.
 */
export function parsePublish(specs: readonly string[]): Publishing {
  const exposedPorts: Publishing['exposedPorts'] = {};
  const portBindings: Publishing['portBindings'] = {};
  for (const { key, binding } of specs.flatMap(parseSpec)) {
    exposedPorts[key] = {};
    const bindings = portBindings[key] ?? [];
    bindings.push(binding);
    portBindings[key] = bindings;
  }
  return { exposedPorts, portBindings };
}

function parseSpec(spec: string): { key: string; binding: PortBinding }[] {
  const bad = (reason: string) => new EngineError('invalid', `"${spec}": ${reason}`);
  if (spec.includes('=')) {
    throw bad('the long form (target=…) is not taken, since docker drops its host_ip. Write 127.0.0.1:8080:80.');
  }
  const parts = spec.split(':');
  const [container = '', host = '', ...address] = parts.reverse();
  const [ports = '', given] = container.split('/');
  const protocol = (given || 'tcp').toLowerCase();
  if (!['tcp', 'udp', 'sctp'].includes(protocol)) throw bad(`"${given}" is no protocol; it is tcp, udp or sctp.`);
  const ip = parseAddress(address.reverse().join(':'), bad);
  if (ports === '') throw bad('the port of the container is missing.');
  const inside = parseRange(ports);
  if (!inside) throw bad(`"${ports}" is no port of the container: ${portRule}`);
  const outside = host === '' ? undefined : parseRange(host);
  if (host !== '' && !outside) throw bad(`"${host}" is no port of the host: ${portRule}`);
  const count = inside.last - inside.first + 1;
  if (outside && count > 1 && outside.last - outside.first + 1 !== count) {
    throw bad(`the ranges ${host} and ${ports} are not of the same length.`);
  }
  return Array.from({ length: count }, (_, index) => ({
    key: `${inside.first + index}/${protocol}`,
    binding: { HostIp: ip, HostPort: hostPort(outside, index, count) },
  }));
}

const portRule = 'it is a number up to 65535, or a range like 8000-8010.';

function parseAddress(text: string, bad: (reason: string) => EngineError): string {
  const ip = /^\[([^[\]]*)\]$/.exec(text)?.[1] ?? text;
  if (ip !== '' && (isIP(ip) === 0 || ip.includes('%'))) throw bad(`"${text}" is no IP address of the host.`);
  return ip;
}

function parseRange(text: string): { first: number; last: number } | undefined {
  const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const [first, last] = [Number(from), Number(to ?? from)];
  return from !== undefined && first <= last && last <= 65_535 ? { first, last } : undefined;
}

/** A range on the host for a single port of the container stays one: the engine takes the first that is free. */
function hostPort(range: { first: number; last: number } | undefined, index: number, count: number): string {
  if (!range) return '';
  return count === 1 && range.first !== range.last ? `${range.first}-${range.last}` : String(range.first + index);
}

/** A port that is already published on a host. */
export interface Holder {
  /** The container's. */
  readonly name: string;
  readonly port: Port;
}

/** A wanted port that somebody has already. */
export interface PortConflict {
  /** As in `127.0.0.1:8080/tcp`. */
  readonly wanted: string;
  readonly holder: string;
}

/** Which of the wanted bindings the holders stand in the way of. Ports and ranges that the engine chooses never are. */
export function portConflicts(bindings: Publishing['portBindings'], holders: readonly Holder[]): PortConflict[] {
  const held = new Map<string, Holder[]>();
  for (const holder of holders) {
    const key = `${holder.port.publicPort}/${holder.port.protocol}`;
    held.set(key, [...(held.get(key) ?? []), holder]);
  }
  return Object.entries(bindings).flatMap(([port, places]) =>
    places.flatMap(({ HostIp, HostPort }) => {
      const key = `${HostPort}/${port.split('/')[1]}`;
      const holder = held.get(key)?.find(({ port: { ip } }) => overlap(ip, HostIp));
      return holder ? [{ wanted: HostIp === '' ? key : `${bracketed(HostIp)}:${key}`, holder: holder.name }] : [];
    }),
  );
}

/** An unspecified IPv6 address covers IPv4, too, as engines bind it. */
function overlap(a: string, b: string): boolean {
  return a === b || isAnyAddress(a) || isAnyAddress(b);
}

/** True for an address that stands for every one of the host. */
export function isAnyAddress(ip: string): boolean {
  return ip === '' || ip === '0.0.0.0' || ip === '::';
}

/** An address as it is written before a port. */
export function bracketed(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip;
}

/** Ports as people write them, shortest first: `8080→80`, `127.0.0.1:53→53/udp`; unpublished ones are left out. */
export function formatPorts(ports: readonly Port[]): string[] {
  const texts = ports.flatMap(({ ip, publicPort, privatePort, protocol }) => {
    if (publicPort === undefined) return [];
    const address = isAnyAddress(ip) ? '' : `${bracketed(ip)}:`;
    return [`${address}${publicPort}→${privatePort}${protocol === 'tcp' ? '' : `/${protocol}`}`];
  });
  return [...new Set(texts)].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || a.localeCompare(b));
}
