/** What containers can be gathered by under their group, the usual first. */
export const groupings = ['compose', 'image', 'network', 'label', 'state', 'none'] as const;
export type GroupBy = (typeof groupings)[number];

/** What containers can be sorted by, the usual first. */
export const orders = ['name', 'state', 'created'] as const;
export type SortBy = (typeof orders)[number];

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
