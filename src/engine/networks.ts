import { type Fields, fields, list, text, textMap } from './decode';
import type { Engine } from './http';

/** One network, as `GET /networks` tells. */
export interface Network {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly scope: string;
  readonly internal: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** All networks, or just those with the given full ids. */
export async function listNetworks(
  engine: Engine,
  options: { ids?: readonly string[]; signal?: AbortSignal } = {},
): Promise<Network[]> {
  const query = { filters: options.ids && JSON.stringify({ id: options.ids }) };
  return list(await engine.json({ path: ['networks'], query, signal: options.signal }), 'networks', decodeNetwork);
}

/** The engine's own JSON about one network. */
export async function inspectNetwork(engine: Engine, id: string, signal?: AbortSignal): Promise<Fields> {
  return fields(await engine.json({ path: ['networks', id], signal }), 'a network');
}

/** Removes a network that no container is on. */
export function removeNetwork(engine: Engine, id: string, signal?: AbortSignal): Promise<void> {
  return engine.done({ method: 'DELETE', path: ['networks', id], signal });
}

function decodeNetwork(raw: Fields): Network {
  return {
    id: text(raw.Id),
    name: text(raw.Name),
    driver: text(raw.Driver),
    scope: text(raw.Scope),
    internal: raw.Internal === true,
    labels: textMap(raw.Labels),
  };
}
