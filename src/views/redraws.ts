import type { Node } from './node';

/**
 * Between two redraws, in ms. VS Code draws the first change at once and the next ones when nothing has changed for
 * 200 ms: a tree that told it more often would stand still for as long as something keeps changing.
 */
const pause = 250;

/** Gathers the rows that are to be drawn anew: the first at once, what follows at most every 250 ms. */
export class Redraws {
  readonly #draw: (nodes: Node[] | undefined) => void;
  readonly #nodes = new Map<string, Node>();
  #all = false;
  #timer: NodeJS.Timeout | undefined;

  /** `draw` gets the rows, each once; undefined: all. */
  constructor(draw: (nodes: Node[] | undefined) => void) {
    this.#draw = draw;
  }

  /** These rows look or hold something else now; undefined: all do. */
  add(nodes: readonly Node[] | undefined): void {
    if (nodes === undefined) this.#all = true;
    else for (const node of nodes) this.#nodes.set(node.key, node);
    if (!this.#timer) this.#next();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #next(): void {
    this.#timer = undefined;
    if (!this.#all && this.#nodes.size === 0) return;
    const nodes = this.#all ? undefined : [...this.#nodes.values()];
    this.#all = false;
    this.#nodes.clear();
    this.#timer = setTimeout(() => this.#next(), pause);
    this.#draw(nodes);
  }
}
