import { isIP } from 'node:net';
import type { Port } from '../engine/containers';
import { type Endpoint, parseEndpoint } from '../engine/endpoint';
import { bracketed, isAnyAddress } from '../engine/ports';
import type { Host } from './host';

/** The ports that a browser may open, each once. */
export function browsablePorts(ports: readonly Port[]): Port[] {
  const seen = new Set<string>();
  return ports.filter(({ ip, publicPort, protocol }) => {
    const key = `${isAnyAddress(ip) ? '' : ip}:${publicPort}`;
    if (publicPort === undefined || protocol !== 'tcp' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** A host's endpoint with the machine's own name or address: `ssh://prod` may be a name that only ssh knows. */
export async function resolveEndpoint(host: Pick<Host, 'config' | 'state' | 'engine'>): Promise<Endpoint> {
  const endpoint = parseEndpoint(host.config.endpoint);
  if (endpoint.scheme !== 'ssh' || host.state.kind !== 'ready') return endpoint;
  return { ...endpoint, hostname: (await host.engine.hostname()) ?? endpoint.hostname };
}

/**
 * Where a published port is reached from here: on the machine that the endpoint names, unless the port is bound to one
 * address of it. `reachable` is false for a port that only that machine itself can open, or whose address is none.
 */
export function addressOf(
  endpoint: Endpoint,
  { ip, publicPort, privatePort }: Port,
): { url: string; reachable: boolean } {
  const local = endpoint.scheme === 'unix' || endpoint.scheme === 'npipe';
  const machine = local ? 'localhost' : endpoint.hostname;
  const loopback = /^127\.|^::1$/.test(ip);
  const host = isAnyAddress(ip) || (loopback && !local) ? machine : ip;
  const secure = privatePort === 443 || publicPort === 443 || privatePort === 8443;
  const isHere = local || machine === 'localhost' || /^127\.|^::1$/.test(machine);
  const isAddress = isAnyAddress(ip) || isIP(ip) !== 0;
  return {
    url: `${secure ? 'https' : 'http'}://${bracketed(host)}:${publicPort}/`,
    reachable: isAddress && (!loopback || isHere),
  };
}
