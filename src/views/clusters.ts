import type { Container } from '../engine/containers';
import type { SortBy, TreeOptions } from '../fleet/treeOptions';

/** What a container is gathered under ('' for none of them: it stays directly in its group). */
export function clusterOf(container: Container, { groupBy, groupLabel }: TreeOptions): string {
  switch (groupBy) {
    case 'compose':
      return container.labels['com.docker.compose.project'] ?? container.labels['io.podman.compose.project'] ?? '';
    case 'image':
      return container.image;
    case 'network':
      return container.networks[0] ?? '';
    case 'label':
      return Object.hasOwn(container.labels, groupLabel) ? (container.labels[groupLabel] ?? '') : '';
    case 'state':
      return container.state;
    case 'none':
      return '';
  }
}

const stateOrder = ['running', 'restarting', 'paused', 'created', 'exited', 'dead', 'removing'];

/** A state that no table knows comes last. */
function stateRank({ state }: Container): number {
  const index = stateOrder.indexOf(state);
  return index === -1 ? stateOrder.length : index;
}

/** Orders containers; equal ones by name, with numbers in names taken as numbers, so that no two take each other's place. */
export function comparator(sortBy: SortBy): (a: Container, b: Container) => number {
  const byName = (a: Container, b: Container) => compareNames(a.name, b.name) || compareTexts(a.id, b.id);
  switch (sortBy) {
    case 'name':
      return byName;
    case 'created':
      return (a, b) => b.created - a.created || byName(a, b);
    case 'state':
      return (a, b) => stateRank(a) - stateRank(b) || byName(a, b);
  }
}

const collator = new Intl.Collator('en', { numeric: true });

/** Orders names as people do: `web2` before `web10`. Names that are not the same are never equal. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b) || compareTexts(a, b);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
