import { isIP } from 'node:net';
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

/** Every port of every protocol once: without a limit a list of wide ranges would fill memory. */
const maxBindings = 3 * 65_536;

/**
 * Reads the docker CLI's short grammar (`[[ip:][host]:]container[/protocol]`, ports may be ranges) into what
 * `docker create -p` sends. Throws `invalid`, naming the part that can't be read.
 */
export function parsePublish(specs: readonly string[]): Publishing {
  const exposedPorts: Publishing['exposedPorts'] = {};
  const portBindings: Publishing['portBindings'] = {};
  let count = 0;
  for (const spec of specs) {
    const mappings = parseSpec(spec);
    count += mappings.length;
    if (count > maxBindings) throw new EngineError('invalid', `"${spec}": that is more than ${maxBindings} ports.`);
    for (const { key, binding } of mappings) {
      exposedPorts[key] = {};
      const bindings = portBindings[key] ?? [];
      bindings.push(binding);
      portBindings[key] = bindings;
    }
  }
  return { exposedPorts, portBindings };
}

function parseSpec(spec: string): { key: string; binding: PortBinding }[] {
  const bad = (reason: string) => new EngineError('invalid', `"${spec}": ${reason}`);
  if (spec.includes('=')) {
    throw bad('the long form (target=…) is not taken, since docker drops its host_ip. Write 127.0.0.1:8080:80.');
  }
  if (/^\[[^\]]*\]:[^:]*$/.test(spec)) {
    throw bad('after an address come the port of the host and that of the container: [::1]:8080:80, or [::1]::80.');
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
  // Node takes a zone (fe80::1%eth0) for a part of an address, engines don't.
  if (ip === '' || (isIP(ip) !== 0 && !ip.includes('%'))) return ip;
  throw bad(`"${text}" is no IP address of the host${text === 'localhost' ? '; write 127.0.0.1 or [::1]' : ''}.`);
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

/** True for an address that stands for every one of the host. */
export function isAnyAddress(ip: string): boolean {
  return ip === '' || ip === '0.0.0.0' || ip === '::';
}

/** An address as it is written before a port. */
export function bracketed(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip;
}
