import {
  killContainer,
  pauseContainer,
  removeContainer,
  renameContainer,
  restartContainer,
  startContainer,
  stopContainer,
  unpauseContainer,
} from '../engine/containers';
import type { Engine } from '../engine/http';
import { checkName } from '../engine/names';
import { isUp } from '../fleet/capabilityWords';
import type { ItemTarget } from '../fleet/target';
import type { Deps } from './deps';
import { forEach } from './each';
import { problemOf } from './problem';
import { chooseItems, described } from './targets';
import { back } from './ui';

type Act = (engine: Engine, id: string, signal: AbortSignal) => Promise<void>;

/** A command that does one thing to every chosen container. */
function simple(verb: { doing: string; do: string }, capability: string, act: Act) {
  return (deps: Deps) =>
    async (...given: readonly unknown[]) => {
      const title = `${verb.do[0]?.toUpperCase()}${verb.do.slice(1)} Container`;
      const targets = await chooseItems(deps, given, ['containers'], capability, title);
      await forEach(deps, targets, verb, (engine, { id }, signal) => act(engine, id, signal));
    };
}

export const start = simple({ doing: 'Starting', do: 'start' }, 'startable', startContainer);
export const stop = simple({ doing: 'Stopping', do: 'stop' }, 'stoppable', stopContainer);
export const restart = simple({ doing: 'Restarting', do: 'restart' }, 'restartable', restartContainer);
export const pause = simple({ doing: 'Pausing', do: 'pause' }, 'pausable', pauseContainer);
export const unpause = simple({ doing: 'Unpausing', do: 'unpause' }, 'unpausable', unpauseContainer);

const signals: readonly (readonly [name: string, meaning: string])[] = [
  ['SIGKILL', 'end at once, without a chance to clean up'],
  ['SIGTERM', 'ask to end'],
  ['SIGINT', 'interrupt, as Ctrl+C does'],
  ['SIGHUP', 'hang up; many programs read their configuration again'],
  ['SIGQUIT', 'quit with a core dump'],
  ['SIGUSR1', 'whatever the program makes of it'],
  ['SIGUSR2', 'whatever the program makes of it'],
];

/** Sends a signal that the person chooses. */
export const kill =
  (deps: Deps) =>
  async (...given: readonly unknown[]) => {
    const targets = await chooseItems(deps, given, ['containers'], 'killable', 'Kill Container');
    const [first] = targets;
    if (!first) return;
    const what = targets.length === 1 ? `${described(deps, first)} on ${first.host}` : `${targets.length} containers`;
    const signal = await deps.ui.choose(
      `Kill ${what}`,
      signals.map(([name, meaning]) => ({ label: name, description: meaning, value: name })),
      { placeholder: 'Which signal? A name or a number can be typed.', typed: typedSignal },
    );
    if (signal === undefined || signal === back) return;
    const verb = { doing: `Sending ${signal} to`, do: `send ${signal} to` };
    await forEach(deps, targets, verb, async (engine, { host, id }, abort) => {
      await killContainer(engine, id, signal, abort);
      const containers = deps.fleet.hosts.get(host)?.lists.containers;
      // Of one that waits for its restart engines tell no more.
      if (containers?.items.get(id)?.state === 'restarting') containers.touch(id, undefined, true);
    });
  };

function typedSignal(text: string): string | undefined {
  const name = text.trim().toUpperCase();
  return /^(?:SIG)?[A-Z][A-Z0-9+-]{1,14}$|^[1-9]\d?$/.test(name) ? name : undefined;
}

/** Renames one container; the name is checked while it is typed, also against those that are taken. */
export const rename =
  (deps: Deps) =>
  async (...given: readonly unknown[]) => {
    const [target] = await chooseItems(deps, given.slice(0, 1), ['containers'], 'renamable', 'Rename Container');
    if (!target) return;
    const containers = deps.fleet.hosts.get(target.host)?.lists.containers.items;
    const old = containers?.get(target.id)?.name ?? '';
    const taken = new Set([...(containers?.values() ?? [])].map(({ name }) => name));
    const name = await deps.ui.ask({
      title: `Rename container ${old} on ${target.host}`,
      prompt: 'The new name',
      value: old,
      check: (text) => {
        if (text === old) return 'That is its name already.';
        return (
          problemOf(() => checkName(text)) ?? (taken.has(text) ? `Another container is called ${text}.` : undefined)
        );
      },
    });
    if (name === undefined || name === back) return;
    await forEach(deps, [target], { doing: 'Renaming', do: 'rename' }, (engine, { id }, signal) =>
      renameContainer(engine, id, name, signal),
    );
  };

/** Removes containers after asking; those that run only by the button that says so. */
export async function removeContainers(deps: Deps, targets: readonly ItemTarget[]): Promise<void> {
  const [first] = targets;
  if (!first) return;
  const running = targets.filter(({ host, id }) => {
    const container = deps.fleet.hosts.get(host)?.lists.containers.items.get(id);
    return container !== undefined && isUp(container);
  });
  const what =
    targets.length === 1
      ? `${described(deps, first)} on ${first.host}`
      : `${targets.length} containers on ${hostsOf(targets)}`;
  const forced = running.length > 0;
  const button = forced ? 'Kill and Remove' : 'Remove';
  const detail = [
    targets.length > 1
      ? targets
          .map((target) => `${described(deps, target)} on ${target.host}`)
          .slice(0, 10)
          .join('\n')
      : '',
    forced ? `${running.length === 1 ? 'It is' : `${running.length} of them are`} running and will be killed.` : '',
    'Volumes stay. This can not be undone.',
  ];
  const answer = await deps.ui.confirm(`Remove ${what}?`, detail.filter(Boolean).join('\n\n'), button);
  if (answer !== button) return;
  const forcible = new Set(running);
  await forEach(deps, targets, { doing: 'Removing', do: 'remove' }, (engine, target, signal) =>
    removeContainer(engine, target.id, { force: forcible.has(target), signal }),
  );
}

function hostsOf(targets: readonly ItemTarget[]): string {
  return [...new Set(targets.map(({ host }) => host))].join(', ');
}
