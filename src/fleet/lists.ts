import { type Container, listContainers } from '../engine/containers';
import type { Engine } from '../engine/http';
import { type Image, listImages } from '../engine/images';
import { listNetworks, type Network } from '../engine/networks';
import { listVolumes, type Volume } from '../engine/volumes';
import { List } from './list';

/** What a host lists, by kind. Volumes are known by name, the others by id. */
export interface Lists {
  readonly containers: List<Container>;
  readonly images: List<Image>;
  readonly networks: List<Network>;
  readonly volumes: List<Volume>;
}

/** A kind of object that a host lists. */
export type Kind = keyof Lists;

/** All kinds, in the order in which they are shown. */
export const kinds: readonly Kind[] = ['containers', 'images', 'networks', 'volumes'];

/** The lists of one host. `engine` is asked for at each request, since a host's engine is made anew after sleep. */
export function makeLists(
  engine: () => Engine,
  onChange: (kind: Kind, ids: ReadonlySet<string>) => void,
  onError: (kind: Kind, error: unknown) => void,
): Lists {
  const to = (kind: Kind) =>
    [(ids: ReadonlySet<string>) => onChange(kind, ids), (error: unknown) => onError(kind, error)] as const;
  return {
    containers: new List<Container>(
      {
        id: ({ id }) => id,
        all: (signal) => listContainers(engine(), { signal }),
        some: (ids, signal) => listContainers(engine(), { ids, signal }),
        essence: ({ status, ...lasting }) => lasting,
        // Engines start it again within a minute, but tell nothing where somebody kills it before.
        lasts: ({ state }) => (state === 'restarting' ? 61_000 : undefined),
      },
      ...to('containers'),
    ),
    images: new List<Image>({ id: ({ id }) => id, all: (signal) => listImages(engine(), { signal }) }, ...to('images')),
    networks: new List<Network>(
      {
        id: ({ id }) => id,
        all: (signal) => listNetworks(engine(), { signal }),
        some: (ids, signal) => listNetworks(engine(), { ids, signal }),
      },
      ...to('networks'),
    ),
    volumes: new List<Volume>(
      {
        id: ({ name }) => name,
        all: (signal) => listVolumes(engine(), { signal }),
        some: (names, signal) => listVolumes(engine(), { names, signal }),
      },
      ...to('volumes'),
    ),
  };
}
