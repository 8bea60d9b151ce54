import type { Readable } from 'node:stream';
import { type Fields, inner, text, textMap } from './decode';
import type { Engine } from './http';

/** Something that happened on an engine. */
export interface EngineEvent {
  /** `container`, `image`, `network`, `volume`, `daemon`, … */
  readonly type: string;
  /** `start`, `die`, `health_status: healthy`, … */
  readonly action: string;
  /** Of the object: a container's or network's id, a volume's name, an image's id or reference. */
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Nanoseconds since 1970 as the engine wrote them: beyond what a JavaScript number keeps apart. */
  readonly timeNano: string;
}

/** Subscribes; resolves once the engine has answered, which it does at once. `since` is in nanoseconds. */
export function openEvents(engine: Engine, options: { since?: string; signal: AbortSignal }): Promise<Readable> {
  const query = { since: options.since === undefined ? undefined : seconds(options.since) };
  return engine.stream({ path: ['events'], query, signal: options.signal, timeout: 10_000 });
}

/** Reads one line of the stream. `raw` is its text, which keeps the digits of `timeNano`. */
export function decodeEvent(value: unknown, raw: string): EngineEvent {
  const event: Fields = inner(value);
  const actor = inner(event.Actor);
  return {
    type: text(event.Type),
    action: text(event.Action),
    id: text(actor.ID),
    attributes: textMap(actor.Attributes),
    timeNano: /"timeNano":(\d+)/.exec(raw)?.[1] ?? '0',
  };
}

/** `seconds.nanoseconds`, the form that `since` takes. */
function seconds(nano: string): string {
  const digits = nano.padStart(10, '0');
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
