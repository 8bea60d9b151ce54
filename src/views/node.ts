import type { Kind } from '../fleet/lists';
import type { ItemTarget } from '../fleet/target';

/**
 * What the tree is made of. `key` is unique in it and never tells a state: selection and expansion hang on it. Groups
 * and clusters have another one with each filter.
 */
export type Node =
  | { readonly type: 'folder'; readonly key: string; readonly name: string }
  | { readonly type: 'host'; readonly key: string; readonly host: string }
  | { readonly type: 'group'; readonly key: string; readonly host: string; readonly kind: Kind }
  /** Containers that have something in common: a compose project, an image, … */
  | { readonly type: 'cluster'; readonly key: string; readonly host: string; readonly value: string }
  | ({ readonly type: 'item'; readonly key: string } & ItemTarget)
  /** A sentence in place of rows. */
  | {
      readonly type: 'message';
      readonly key: string;
      readonly host: string;
      readonly text: string;
      readonly icon: string;
    }
  /** The rest of a long group, shown when it is asked for. */
  | { readonly type: 'more'; readonly key: string; readonly parent: string; readonly left: number };
