/** What containers are gathered by under their group. */
export type GroupBy = 'compose' | 'image' | 'network' | 'label' | 'state' | 'none';

/** What containers are sorted by. */
export type SortBy = 'name' | 'state' | 'created';

/** How the tree is to be shown. */
export interface TreeOptions {
  readonly groupBy: GroupBy;
  /** The label whose values gather containers, where they are grouped by label. */
  readonly groupLabel: string;
  readonly sortBy: SortBy;
  readonly showStopped: boolean;
  /** Only what contains these words; '' shows all. */
  readonly filter: string;
  /** Hosts that this workspace doesn't show. */
  readonly hidden: ReadonlySet<string>;
}
