import { addressOf, browsablePorts, resolveEndpoint } from '../fleet/addresses';
import type { Deps } from './deps';
import { chooseItems } from './targets';
import { back } from './ui';

/** Opens a published port of a container at its host's real address. */
export const browse =
  (deps: Deps) =>
  async (...given: readonly unknown[]) => {
    const [target] = await chooseItems(deps, given.slice(0, 1), ['containers'], 'browsable', 'Open in Browser');
    if (!target) return;
    const host = deps.fleet.hosts.get(target.host);
    const container = host?.lists.containers.items.get(target.id);
    if (!host || !container) throw new Error('The container is not there any more.');
    const endpoint = await resolveEndpoint(host);
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
