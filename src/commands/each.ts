import { isAbort } from '../engine/errors';
import type { Engine } from '../engine/http';
import type { Host } from '../fleet/host';
import type { ItemTarget } from '../fleet/target';
import { nameAction } from './approval';
import type { Deps } from './deps';
import { explain } from './explain';
import { described } from './targets';

/** Objects of one host that are acted on at the same time: a host that hangs holds up none of another's. */
const atOnce = 4;

/**
 * Acts on every target, a few at a time on each host, with progress and cancel. One failure throws its own sentence,
 * several throw a summary; the others are done all the same.
 */
export async function forEach(
  deps: Deps,
  targets: readonly ItemTarget[],
  verb: { doing: string; do: string },
  act: (engine: Engine, target: ItemTarget, signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  if (targets.length === 0) return;
  const [first] = targets;
  const names = targets.slice(0, 10).map((target) => described(deps, target));
  nameAction(`${verb.do} ${names.join(', ')}${targets.length > 10 ? ` and ${targets.length - 10} more` : ''}`);
  const what =
    targets.length === 1 && first ? `${described(deps, first)} on ${first.host}` : `${targets.length} objects`;
  const failures = await deps.ui.progress(`${verb.doing} ${what}`, async (report, signal) => {
    let begun = 0;
    const failed: string[] = [];
    const actOn = async (target: ItemTarget, ready: Promise<Host>) => {
      if (targets.length > 1) report(`${++begun} of ${targets.length}`);
      const object = described(deps, target);
      try {
        await act((await ready).engine, target, signal);
      } catch (error) {
        if (!isAbort(error)) failed.push(explain(error, { verb: verb.do, object, host: target.host }));
      }
    };
    const hosts = [...new Set(targets.map(({ host }) => host))];
    await Promise.all(
      hosts.map(async (name) => {
        const its = targets.filter(({ host }) => host === name);
        const ready = deps.fleet.ready(name, signal);
        ready.catch(() => {}); // told for each of the objects
        const left = [...its];
        const worker = async () => {
          for (let target = left.shift(); target && !signal.aborted; target = left.shift()) await actOn(target, ready);
        };
        await Promise.all(Array.from({ length: Math.min(atOnce, its.length) }, worker));
      }),
    );
    return failed;
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
