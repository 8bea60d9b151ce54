import { humanDuration } from '../engine/quantities';

/** Time since then, as docker says it but within a sentence (`about an hour ago`); both in ms since 1970. */
export function formatAge(then: number, now: number): string {
  return `${humanDuration(Math.max(0, now - then) / 1000).toLowerCase()} ago`;
}

/**
 * A moment by the clock, with its day unless that is today; both in ms since 1970. What VS Code draws once and keeps
 * must not tell an age, which would stand still.
 */
export function formatMoment(then: number, now: number): string {
  const moment = new Date(then);
  const isToday = moment.toDateString() === new Date(now).toDateString();
  return isToday
    ? moment.toLocaleTimeString(undefined, { timeStyle: 'short' })
    : moment.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
