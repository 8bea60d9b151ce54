import { type Fields, fields, list, text, textMap } from './decode';
import type { Engine } from './http';

/** One volume, as `GET /volumes` tells. Its name is its identity. */
export interface Volume {
  readonly name: string;
  readonly driver: string;
  readonly mountpoint: string;
  /** ISO 8601, or '' where the driver does not tell. */
  readonly created: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** All volumes, or just those with the given names. */
export async function listVolumes(
  engine: Engine,
  options: { names?: readonly string[]; signal?: AbortSignal } = {},
): Promise<Volume[]> {
  const query = { filters: options.names && JSON.stringify({ name: options.names }) };
  const answer = fields(await engine.json({ path: ['volumes'], query, signal: options.signal }), 'volumes');
  const volumes = list(answer.Volumes, 'volumes', decodeVolume);
  if (!options.names) return volumes;
  // The engine matches parts of names.
  const wanted = new Set(options.names);
  return volumes.filter(({ name }) => wanted.has(name));
}

/** The engine's own JSON about one volume. */
export async function inspectVolume(engine: Engine, name: string, signal?: AbortSignal): Promise<Fields> {
  return fields(await engine.json({ path: ['volumes', name], signal }), 'a volume');
}

/** Removes a volume that no container uses. */
export function removeVolume(engine: Engine, name: string, signal?: AbortSignal): Promise<void> {
  return engine.done({ method: 'DELETE', path: ['volumes', name], signal });
}

function decodeVolume(raw: Fields): Volume {
  return {
    name: text(raw.Name),
    driver: text(raw.Driver),
    mountpoint: text(raw.Mountpoint),
    created: text(raw.CreatedAt),
    labels: textMap(raw.Labels),
  };
}
