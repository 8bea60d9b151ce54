import type { Port } from '../engine/containers';
import { type Endpoint, parseEndpoint } from '../engine/endpoint';
import { bracketed, isAnyAddress } from '../engine/ports';
import type { Deps } from './deps';
import { chooseItems } from './targets';
import { back } from './ui';

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

/**
 * Where a published port is reached from here: on the machine that the endpoint names, unless the port is bound to one
 * address of it. `reachable` is false for a port that only that machine itself can open.
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
  return { url: `${secure ? 'https' : 'http'}://${bracketed(host)}:${publicPort}/`, reachable: !loopback || isHere };
}

/** Opens a published port of a container at its host's real address. */
export const browse =
  (deps: Deps) =>
  async (...given: readonly unknown[]) => {
    const [target] = await chooseItems(deps, given.slice(0, 1), ['containers'], 'browsable', 'Open in Browser');
    if (!target) return;
    const host = deps.fleet.hosts.get(target.host);
    const container = host?.lists.containers.items.get(target.id);
    if (!host || !container) throw new Error('The container is not there any more.');
    const endpoint = parseEndpoint(host.config.endpoint);
    const addresses = browsablePorts(container.ports).map((port) => ({ port, ...addressOf(endpoint, port) }));
    const [only] = addresses;
    if (!only) throw new Error(`${container.name} on ${host.name} publishes no port.`);
    const chosen =
      addresses.length === 1
        ? only
        : await deps.ui.choose(
            `Open ${container.name} on ${host.name}`,
            addresses.map((each) => ({
              label: each.url,
              description: `port ${each.port.privatePort} of the container`,
              value: each,
            })),
          );
    if (chosen === undefined || chosen === back) return;
    if (!chosen.reachable) {
      throw new Error(
        `Port ${chosen.port.publicPort} of ${container.name} is bound to ${chosen.port.ip} of ${host.name}: only that machine can open it.`,
      );
    }
    await deps.desk.browse(chosen.url);
  };
