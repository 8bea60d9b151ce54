import type { Host } from '../fleet/host';
import type { Node } from './node';
import type { TreeModel } from './treeModel';

/**
 * Between two redraws, in ms. VS Code draws the first change at once and the next ones when nothing has changed for
 * 200 ms: a tree that told it more often would stand still for as long as something keeps changing.
 */
const pause = 210;

/** Gathers the rows that are to be drawn anew: the first at once, what follows at most every 210 ms. */
export class Redraws {
  readonly #model: Pick<TreeModel, 'touched'>;
  readonly #draw: (nodes: Node[] | undefined) => void;
  readonly #nodes = new Map<string, Node>();
  readonly #containers = new Map<Host, Set<string>>();
  #all = false;
  #timer: NodeJS.Timeout | undefined;

  /** `draw` gets the rows, each once; undefined: all. */
  constructor(model: Pick<TreeModel, 'touched'>, draw: (nodes: Node[] | undefined) => void) {
    this.#model = model;
    this.#draw = draw;
  }

  /** These rows look or hold something else now; undefined: all do. */
  add(nodes: readonly Node[] | undefined): void {
    this.#gather(nodes);
    if (!this.#timer) this.#next();
  }

  /** A container may look different now. What that touches is worked out once for all that come until it is time to draw. */
  addContainer(host: Host, id: string): void {
    this.#containers.set(host, (this.#containers.get(host) ?? new Set()).add(id));
    if (!this.#timer) this.#next();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #gather(nodes: readonly Node[] | undefined): void {
    if (nodes === undefined) this.#all = true;
    else for (const node of nodes) this.#nodes.set(node.key, node);
  }

  #next(): void {
    this.#timer = undefined;
    for (const [host, ids] of this.#containers) {
      this.#gather(this.#model.touched({ what: 'items', host, kind: 'containers', ids }));
    }
    this.#containers.clear();
    if (!this.#all && this.#nodes.size === 0) return;
    const nodes = this.#all ? undefined : [...this.#nodes.values()];
    this.#all = false;
    this.#nodes.clear();
    this.#timer = setTimeout(() => this.#next(), pause);
    this.#draw(nodes);
  }
}
