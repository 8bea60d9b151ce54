import { EngineError, isAbort } from '../engine/errors';
import { removeImage, tagImage } from '../engine/images';
import { removeNetwork } from '../engine/networks';
import { familiarReference, parseReference } from '../engine/reference';
import { removeVolume } from '../engine/volumes';
import { type Kind, kinds } from '../fleet/lists';
import type { ItemTarget } from '../fleet/target';
import { removeContainers } from './containers';
import type { Deps } from './deps';
import { forEach, Told } from './each';
import { explain } from './explain';
import { problemOf } from './problem';
import { chooseItems, described, nameOf } from './targets';
import { back } from './ui';

/** Removes what was chosen, of whatever kind, after asking. */
export const remove =
  (deps: Deps) =>
  async (...given: readonly unknown[]) => {
    const targets = await chooseItems(deps, given, kinds, 'removable', 'Remove');
    const of = (kind: Kind) => targets.filter((target) => target.kind === kind);
    await removeContainers(deps, of('containers'));
    await removeImages(deps, of('images'));
    await removeOthers(deps, [...of('networks'), ...of('volumes')]);
  };

async function removeImages(deps: Deps, targets: readonly ItemTarget[]): Promise<void> {
  const [first] = targets;
  if (!first) return;
  const what = targets.length === 1 ? `${described(deps, first)} on ${first.host}` : `${targets.length} images`;
  const users = [...new Set(targets.flatMap((target) => usersOf(deps, target)))];
  const tags = targets.flatMap(
    ({ host, id }) => deps.fleet.hosts.get(host)?.lists.images.items.get(id)?.tags.slice(1) ?? [],
  );
  // An image with several tags goes only by force; so does one that a stopped container was made of.
  const force = users.length > 0 || tags.length > 0;
  const detail = [
    tags.length > 0 ? `It is also tagged ${tags.join(', ')}; every tag goes with it.` : '',
    users.length > 0
      ? `Containers were made of it: ${users.slice(0, 10).join(', ')}. They stay, without their image.`
      : '',
    'To have it back it must be pulled again.',
  ].filter(Boolean);
  const button = force ? 'Force Remove' : 'Remove';
  if ((await deps.ui.confirm(`Remove ${what}?`, detail.join('\n\n'), button)) !== button) return;
  await forEach(deps, targets, { doing: 'Removing', do: 'remove' }, (engine, { id }, signal) =>
    removeImage(engine, id, { force, signal }),
  );
}

/** The containers that were made of an image. */
function usersOf(deps: Deps, { host, id }: ItemTarget): string[] {
  const containers = deps.fleet.hosts.get(host)?.lists.containers.items.values() ?? [];
  return [...containers].filter(({ imageId }) => imageId === id).map(({ name }) => name);
}

async function removeOthers(deps: Deps, targets: readonly ItemTarget[]): Promise<void> {
  const [first] = targets;
  if (!first) return;
  const what = targets.length === 1 ? `${described(deps, first)} on ${first.host}` : `${targets.length} objects`;
  const volumes = targets.some(({ kind }) => kind === 'volumes');
  const detail = volumes ? 'Everything in the volume is lost. This can not be undone.' : 'This can not be undone.';
  if ((await deps.ui.confirm(`Remove ${what}?`, detail, 'Remove')) !== 'Remove') return;
  await forEach(deps, targets, { doing: 'Removing', do: 'remove' }, async (engine, { kind, id, host }, signal) => {
    try {
      await (kind === 'volumes' ? removeVolume(engine, id, signal) : removeNetwork(engine, id, signal));
    } catch (error) {
      throw withUsers(deps, error, kind, host, id);
    }
  });
}

/** An engine that refuses because of users names them by id, if at all. */
function withUsers(deps: Deps, error: unknown, kind: Kind, host: string, id: string): unknown {
  if (!(error instanceof EngineError) || (error.kind !== 'conflict' && error.kind !== 'denied')) return error;
  const lists = deps.fleet.hosts.get(host)?.lists;
  const network = lists?.networks.items.get(id)?.name;
  const users = [...(lists?.containers.items.values() ?? [])]
    .filter(({ mounts, networks }) =>
      kind === 'volumes' ? mounts.some(({ name }) => name === id) : network !== undefined && networks.includes(network),
    )
    .map(({ name }) => name);
  if (users.length === 0) return error;
  return new EngineError(error.kind, `it is used by ${users.slice(0, 10).join(', ')}.`, { cause: error });
}

/** Gives an image one more name. */
export const tag =
  (deps: Deps) =>
  async (...given: readonly unknown[]) => {
    const [target] = await chooseItems(deps, given.slice(0, 1), ['images'], 'taggable', 'Tag Image');
    if (!target) return;
    const image = deps.fleet.hosts.get(target.host)?.lists.images.items.get(target.id);
    const typed = await deps.ui.ask({
      title: `Tag ${described(deps, target)} on ${target.host}`,
      prompt: 'The further name, as in registry.example.com/team/image:1.2',
      value: image ? nameOf('images', image) : '',
      check: (text) =>
        problemOf(() => parseReference(text)) ?? (text.includes('@') ? 'A tag has no digest.' : undefined),
    });
    if (typed === undefined || typed === back) return;
    const name = familiarReference(parseReference(typed));
    const colon = name.lastIndexOf(':');
    await forEach(deps, [target], { doing: 'Tagging', do: 'tag' }, (engine, { id }, signal) =>
      tagImage(engine, id, { repo: name.slice(0, colon), tag: name.slice(colon + 1) }, signal),
    );
  };

/** Shows the engine's own JSON about an object. */
export const inspect =
  (deps: Deps) =>
  async (...given: readonly unknown[]) => {
    const targets = await chooseItems(deps, given, kinds, 'inspectable', 'Inspect');
    const failed: string[] = [];
    for (const target of targets) {
      const object = described(deps, target);
      try {
        await deps.ui.progress(`Inspecting ${object} on ${target.host}`, (_report, signal) =>
          deps.desk.showJson(target, object.slice(object.indexOf(' ') + 1), targets.length === 1, signal),
        );
      } catch (error) {
        if (isAbort(error)) break;
        failed.push(explain(error, { verb: 'inspect', object, host: target.host }));
      }
    }
    if (failed.length > 0) throw new Told(failed.join(' '));
  };

/** Copies the full ids, one per line. */
export const copyId =
  (deps: Deps) =>
  async (...given: readonly unknown[]) => {
    const targets = await chooseItems(deps, given, kinds, 'inspectable', 'Copy ID');
    if (targets.length > 0) await deps.desk.copy(targets.map(({ id }) => id).join('\n'));
  };

/** Copies the names, one per line. */
export const copyName =
  (deps: Deps) =>
  async (...given: readonly unknown[]) => {
    const targets = await chooseItems(deps, given, kinds, 'inspectable', 'Copy Name');
    const names = targets.flatMap(({ host, kind, id }) => {
      const item = deps.fleet.hosts.get(host)?.lists[kind].items.get(id);
      return item ? [nameOf(kind, item)] : [];
    });
    if (names.length > 0) await deps.desk.copy(names.join('\n'));
  };
