import type { Container } from '../engine/containers';
import type { Image } from '../engine/images';
import type { Network } from '../engine/networks';
import type { Volume } from '../engine/volumes';
import type { Kind } from './lists';

/** Everything that an object can be found by. */
export function searchTexts(kind: Kind, item: Container | Image | Network | Volume): string[] {
  switch (kind) {
    case 'containers': {
      const { name, image, id, labels, ports } = item as Container;
      const published = ports.flatMap(({ publicPort }) => (publicPort === undefined ? [] : [`:${publicPort}`]));
      return [name, image, id, ...published, ...Object.entries(labels).map(([key, value]) => `${key}=${value}`)];
    }
    case 'images': {
      const { tags, id } = item as Image;
      return [...tags, id];
    }
    case 'networks': {
      const { name, id } = item as Network;
      return [name, id];
    }
    case 'volumes':
      return [(item as Volume).name];
  }
}

/** True where every word of the filter is in one of the texts; case does not matter, nor does `sha256:` before an id. */
export function matches(texts: readonly string[], filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const lower = texts.map((text) => text.toLowerCase());
  return words.every((word) => lower.some((text) => text.includes(word)));
}
