import { EngineError } from './errors';

/** The API versions that Longshore speaks: from the first with what it needs to the newest that moby documents. */
export const supportedVersions = { min: '1.24', max: '1.56' } as const;

/** Orders dotted versions by their numbers: -1, 0 or 1. Parts that are missing, or are no numbers, count as 0. */
export function compareVersions(a: string, b: string): number {
  const [left = [], right = []] = [a, b].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/**
 * The version to speak with an engine that offered `header` in its answer to `/_ping`: the lower of the two maxima, as
 * moby's client decides. No header, or one that is no version, means our newest, as there, too: every engine since 1.25
 * sends one, so something on the way swallowed it, and the engine behind is rather new than ten years old. Should it be
 * older than we are, its first answer says so. Throws `protocol` below our minimum.
 */
export function negotiate(header: string | undefined, range: { min: string; max: string } = supportedVersions): string {
  if (header === undefined || !/^\d+(?:\.\d+)+$/.test(header)) return range.max;
  if (compareVersions(header, range.min) < 0) {
    throw new EngineError('protocol', `The engine speaks API ${header}; Longshore needs ${range.min} or newer.`);
  }
  return compareVersions(header, range.max) < 0 ? header : range.max;
}
