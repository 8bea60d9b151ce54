import { type Fields, inner, text, textMap } from './decode';
import { EngineError } from './errors';
import type { Engine } from './http';
import { Lines } from './lines';

/** A type, an action or an id longer than this, in characters, is none that says anything about an object. */
const maxWord = 4096;

/** Something that happened on an engine. */
export interface EngineEvent {
  /** `container`, `image`, `network`, `volume`, `daemon`, … */
  readonly type: string;
  /** `start`, `die`, `health_status: healthy`, … */
  readonly action: string;
  /** Of the object: a container's or network's id, a volume's name, an image's id or reference. */
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Nanoseconds since 1970 as the engine wrote them, beyond what a JavaScript number keeps apart; '0' where it wrote none. */
  readonly timeNano: string;
}

/** Subscribes; resolves once the engine has answered, which it does at once. `since` is in nanoseconds. */
export function openEvents(
  engine: Engine,
  options: { since?: string; signal: AbortSignal },
): Promise<AsyncIterable<Buffer>> {
  const query = { since: options.since === undefined ? undefined : seconds(options.since) };
  return engine.stream({ path: ['events'], query, signal: options.signal, timeout: 10_000 });
}

/**
 * The events of a subscription, in batches as they arrive. It ends by throwing: `unreachable` where the engine closed
 * the stream, which it never does by itself. Lines that are no JSON, and words beyond all measure, are left out.
 */
export async function* readEvents(stream: AsyncIterable<Buffer>): AsyncGenerator<EngineEvent[], never> {
  const lines = new Lines();
  for await (const chunk of stream) {
    const events = lines.push(chunk).flatMap(decodeEvent);
    if (events.length > 0) yield events;
  }
  throw new EngineError('unreachable', 'The engine closed the stream of events.');
}

function decodeEvent(line: string): EngineEvent[] {
  const event = parseLine(line);
  const actor = inner(event.Actor);
  const attributes = textMap(actor.Attributes);
  const type = text(event.Type);
  const action = text(event.Action);
  // Podman names a volume among the attributes alone.
  const id = text(actor.ID) || (type === 'volume' ? (attributes.name ?? '') : '');
  if (type === '' || [type, action, id].some(({ length }) => length > maxWord)) return [];
  return [
    {
      type,
      action: type === 'container' ? (podmanActions.get(action) ?? action) : action,
      id,
      attributes: action === 'died' ? { ...attributes, exitCode: attributes.containerExitCode ?? '' } : attributes,
      // The last time that an engine can write, in 2262, has 19 digits; to read millions would hold up every host.
      timeNano: /"timeNano":(\d{1,19})(?!\d)/.exec(line)?.[1] ?? '0',
    },
  ];
}

/** What Podman calls otherwise than dockerd does. */
const podmanActions: ReadonlyMap<string, string> = new Map([
  ['died', 'die'],
  ['remove', 'destroy'],
]);

function parseLine(line: string): Fields {
  try {
    return inner(JSON.parse(line));
  } catch {
    return {};
  }
}

/** `seconds.nanoseconds`, the form that `since` takes. */
function seconds(nano: string): string {
  const digits = nano.padStart(10, '0');
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
