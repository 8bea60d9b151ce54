import type { Kind } from './lists';

/** What a command acts on: a host… */
export interface HostTarget {
  readonly host: string;
}

/** …or one object of it, by id (a volume's name). */
export interface ItemTarget extends HostTarget {
  readonly kind: Kind;
  readonly id: string;
}
