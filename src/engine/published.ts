import { isIPv6 } from 'node:net';
import type { Port } from './containers';
import type { PortBinding } from './ports';

/** A host port that is taken: by which container, on which address. */
export interface PortHolder {
  readonly name: string;
  readonly ip: string;
  readonly publicPort: number;
  readonly protocol: string;
}

/** A requested binding that can't be had, and the names of those who hold its port, or all ports of its range. */
export interface PortConflict extends PortBinding {
  readonly protocol: string;
  readonly holders: readonly string[];
}

/**
 * A container's ports in one line, as `docker ps` shows them but for the arrow: `9000-9001/udp, 127.0.0.1:8080→80/tcp`.
 * Neighbours that keep their number are one range; published ports with another number come last.
 */
export function formatPorts(ports: readonly Port[]): string {
  const ordered = [...ports].sort(compare);
  const isMoved = ({ ip, privatePort, publicPort }: Port) => ip !== '' && publicPort !== privatePort;
  const moved = ordered
    .filter(isMoved)
    .map((port) => `${authority(port.ip, String(port.publicPort ?? 0))}→${port.privatePort}/${port.protocol}`);
  return [...runs(ordered.filter((port) => !isMoved(port))), ...moved].join(', ');
}

/** Which of the requested bindings meet a port that is held already. Those that leave the port to the engine don't. */
export function publishConflicts(
  portBindings: Readonly<Record<string, readonly PortBinding[]>>,
  holders: readonly PortHolder[],
): PortConflict[] {
  const held = new Map<string, PortHolder[]>();
  for (const holder of holders) {
    const key = `${holder.publicPort}/${holder.protocol}`;
    held.set(key, [...(held.get(key) ?? []), holder]);
  }
  const conflicts: PortConflict[] = [];
  for (const [key, bindings] of Object.entries(portBindings)) {
    const protocol = key.split('/')[1] ?? 'tcp';
    for (const binding of bindings) {
      const names = holdersOf(binding, protocol, held);
      if (names.length > 0) conflicts.push({ ...binding, protocol, holders: names });
    }
  }
  return conflicts;
}

function holdersOf(binding: PortBinding, protocol: string, held: Map<string, PortHolder[]>): string[] {
  const [first = 0, last = first] = binding.HostPort.split('-').map(Number);
  if (first === 0) return [];
  const names = new Set<string>();
  for (let port = first; port <= last; port++) {
    const meeting = (held.get(`${port}/${protocol}`) ?? []).filter(({ ip }) => overlaps(ip, binding.HostIp));
    if (meeting.length === 0) return [];
    for (const { name } of meeting) names.add(name);
  }
  return [...names];
}

function overlaps(a: string, b: string): boolean {
  const [left, right] = [canonical(a), canonical(b)];
  return left === right || left === '' || right === '';
}

/** One spelling for each address, and '' for those that mean all of them. */
function canonical(ip: string): string {
  const address = isIPv6(ip) ? new URL(`http://[${ip.replace(/%.*/, '')}]`).hostname : ip;
  return ['0.0.0.0', '[::]'].includes(address) ? '' : address;
}

function runs(ports: readonly Port[]): string[] {
  const open = new Map<string, { first: Port; last: number }>();
  const all: { first: Port; last: number }[] = [];
  for (const port of ports) {
    const key = `${port.ip}/${port.protocol}`;
    const run = open.get(key);
    if (run !== undefined && port.privatePort === run.last + 1) {
      run.last = port.privatePort;
    } else {
      const started = { first: port, last: port.privatePort };
      open.set(key, started);
      all.push(started);
    }
  }
  return all.map(({ first: { ip, privatePort, protocol }, last }) => {
    const range = privatePort === last ? String(last) : `${privatePort}-${last}`;
    return ip === '' ? `${range}/${protocol}` : `${authority(ip, range)}→${range}/${protocol}`;
  });
}

function compare(a: Port, b: Port): number {
  return (
    a.privatePort - b.privatePort ||
    compareText(a.ip, b.ip) ||
    (a.publicPort ?? 0) - (b.publicPort ?? 0) ||
    compareText(a.protocol, b.protocol)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function authority(ip: string, port: string): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}
