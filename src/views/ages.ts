import { humanDuration } from '../engine/quantities';

/** Time since then, as docker says it but within a sentence (`about an hour ago`); both in ms since 1970. */
export function formatAge(then: number, now: number): string {
  return `${humanDuration(Math.max(0, now - then) / 1000).toLowerCase()} ago`;
}

/**
 * A moment (ms since 1970) with its day, by this machine's clock. What VS Code draws once and keeps must tell no age,
 * which would stand still.
 */
export function formatMoment(at: number): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** The time of day of a moment (ms since 1970) that is not long ago. */
export function formatClock(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { timeStyle: 'short' });
}
