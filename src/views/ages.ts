import { humanDuration } from '../engine/quantities';

/** Time since then, as docker says it but within a sentence (`about an hour ago`); both in ms since 1970. */
export function formatAge(then: number, now: number): string {
  return `${humanDuration(Math.max(0, now - then) / 1000).toLowerCase()} ago`;
}
