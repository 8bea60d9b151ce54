import type { Container } from '../../src/engine/containers';
import type { Image } from '../../src/engine/images';
import type { TreeOptions } from '../../src/fleet/treeOptions';

/** A container as lists give it: running, unless told otherwise. */
export function container(fields: Partial<Container> = {}): Container {
  return {
    id: 'c'.repeat(64),
    name: 'web',
    image: 'nginx:1.27',
    imageId: `sha256:${'a'.repeat(64)}`,
    command: 'nginx',
    created: 1_700_000_000,
    state: 'running',
    status: 'Up 3 minutes',
    health: undefined,
    exitCode: undefined,
    ports: [],
    labels: {},
    networks: ['bridge'],
    mounts: [],
    ...fields,
  };
}

/** An image as lists give it. */
export function image(fields: Partial<Image> = {}): Image {
  return {
    id: `sha256:${'a'.repeat(64)}`,
    tags: ['nginx:1.27'],
    digests: [],
    created: 1_700_000_000,
    size: 192_000_000,
    labels: {},
    ...fields,
  };
}

/** How the tree is shown where nobody has chosen anything. */
export const treeOptions: TreeOptions = {
  groupBy: 'compose',
  groupLabel: '',
  sortBy: 'name',
  showStopped: true,
  filter: '',
  hidden: new Set(),
};
