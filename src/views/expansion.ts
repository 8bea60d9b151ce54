import type { Node } from './node';
import type { Shown } from './shown';

/**
 * Rows of containers that a tree begins with, at most, shared among its hosts. VS Code draws all that is open, also out
 * of sight: fifty hosts of a thousand containers would keep it busy for seconds.
 */
const most = 1000;

/** What of the tree is open: as a person left it, else as it began, which is open where there is little to see. */
export class Expansion {
  readonly #shown: Shown;
  /** Whether nodes were open when they were drawn first: growing does not close them. */
  readonly #began = new Map<string, boolean>();
  /** Whether nodes are open that a person, or a reveal, has opened or closed; also while they are away. */
  readonly #left = new Map<string, boolean>();

  constructor(shown: Shown) {
    this.#shown = shown;
  }

  /** Whether what a node holds is drawn; undefined where it holds nothing. */
  isOpen(node: Node): boolean | undefined {
    return this.#left.get(node.key) ?? this.#began.get(node.key) ?? this.#begins(node);
  }

  /** A node is drawn. */
  begin(node: Node): void {
    const open = this.isOpen(node);
    if (open !== undefined) this.#began.set(node.key, open);
  }

  /** A person has opened or closed a node. */
  leave({ key }: Node, open: boolean): void {
    this.#left.set(key, open);
  }

  /** A node is gone for good: one of the same key begins anew. What a person did to it is kept unless it was a filter's. */
  forget(key: string, isFilters: boolean): void {
    this.#began.delete(key);
    if (isFilters) this.#left.delete(key);
  }

  #begins(node: Node): boolean | undefined {
    switch (node.type) {
      case 'folder':
      case 'host':
        return true;
      case 'group':
        // Who filters wants to see what matches, of every kind.
        return (
          (node.kind === 'containers' || this.#shown.isFiltered) && this.#fits(this.#shown.count(node.host, node.kind))
        );
      case 'cluster':
        return this.#fits((this.#shown.clusters(node.host).get(node.value) ?? []).length);
      default:
        return undefined;
    }
  }

  #fits(count: number): boolean {
    return count * this.#shown.hostCount <= most;
  }
}
