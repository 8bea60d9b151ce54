import { isAbort } from '../engine/errors';
import type { Engine } from '../engine/http';
import type { Host } from '../fleet/host';
import type { ItemTarget } from '../fleet/target';
import type { Deps } from './deps';
import { explain } from './explain';
import { described } from './targets';

/** Objects of one command that are acted on at the same time. */
const atOnce = 4;

/**
 * Acts on every target, a few at a time, with progress and cancel. One failure throws its own sentence, several throw a
 * summary; the others are done all the same.
 */
export async function forEach(
  deps: Deps,
  targets: readonly ItemTarget[],
  verb: { doing: string; do: string },
  act: (engine: Engine, target: ItemTarget, signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  if (targets.length === 0) return;
  const [first] = targets;
  const what =
    targets.length === 1 && first ? `${described(deps, first)} on ${first.host}` : `${targets.length} objects`;
  const failures = await deps.ui.progress(`${verb.doing} ${what}`, (report, signal) => {
    const left = [...targets];
    const failed: string[] = [];
    // Each host is waited for once, however many of the objects are its.
    const hosts = new Map<string, Promise<Host>>();
    const ready = (name: string) => {
      const host = hosts.get(name) ?? deps.fleet.ready(name, signal);
      hosts.set(name, host);
      return host;
    };
    const worker = async () => {
      for (let target = left.shift(); target && !signal.aborted; target = left.shift()) {
        if (targets.length > 1) report(`${targets.length - left.length} of ${targets.length}`);
        const object = described(deps, target);
        try {
          const { engine } = await ready(target.host);
          await act(engine, target, signal);
        } catch (error) {
          if (!isAbort(error)) failed.push(explain(error, { verb: verb.do, object, host: target.host }));
        }
      }
    };
    return Promise.all(Array.from({ length: Math.min(atOnce, targets.length) }, worker)).then(() => failed);
  });
  if (failures.length === 1) throw new Told(failures[0] ?? '');
  if (failures.length > 1) {
    throw new Told(`${failures.length} of ${targets.length} failed. ${failures.slice(0, 5).join(' ')}`);
  }
}

/** An error whose message is the whole sentence for the person, already safe to show. */
export class Told extends Error {
  override readonly name = 'Told';
}
