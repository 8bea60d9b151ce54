import * as vscode from 'vscode';
import { isAbort } from '../engine/errors';
import { kinds } from '../fleet/lists';
import { asAction } from './approval';
import { browse } from './browse';
import { kill, pause, rename, restart, start, stop, unpause } from './containers';
import { create } from './create';
import type { Deps } from './deps';
import { Told } from './each';
import { explain } from './explain';
import { find } from './find';
import { addHost, allowHost, editHost, hideHost, refresh, removeHost, retry, showHiddenHosts } from './hosts';
import { importContexts } from './importContexts';
import { clearFilter, filter, groupBy, showLog, showMore, sortBy, toggleStats, toggleStopped } from './look';
import { copyId, copyName, inspect, remove, tag } from './objects';
import { pull } from './pull';
import { logIn, logOut } from './registries';
import { isItemTarget } from './targets';

type Command = (deps: Deps) => (...given: never[]) => Promise<unknown>;

/** Every command, by its id after `longshore.`. */
const commands: Readonly<Record<string, Command>> = {
  addHost,
  allowHost,
  browse,
  clearFilter,
  copyId,
  copyName,
  create: create(false),
  editHost,
  filter,
  find,
  groupBy,
  hideHost,
  importContexts,
  inspect,
  kill,
  logIn,
  logOut,
  pause,
  pull,
  refresh,
  remove,
  removeHost,
  rename,
  restart,
  retry,
  run: create(true),
  showHiddenHosts,
  showLog,
  showMore,
  sortBy,
  start,
  stop,
  tag,
  toggleStats,
  toggleStopped,
  unpause,
};

/** Registers the commands. This is the one place that tells the person about errors. */
export function registerCommands(deps: Deps, log: (line: string) => void): vscode.Disposable {
  const registered = Object.entries(commands).map(([name, command]) => {
    const run = command(deps) as (...given: unknown[]) => Promise<unknown>;
    return vscode.commands.registerCommand(`longshore.${name}`, (...given: unknown[]) =>
      asAction(async () => {
        try {
          return await run(...(given[0] === 'selection' ? selectedItems(deps) : given));
        } catch (error) {
          await tell(deps, name, error, log);
          return undefined;
        }
      }),
    );
  });
  return vscode.Disposable.from(...registered);
}

/** What a key acts on: objects alone, and none where something else has the focus. */
function selectedItems(deps: Deps): readonly unknown[] {
  const [clicked, all] = deps.desk.selection();
  if (!isItemTarget(clicked, kinds)) throw new DOMException('Nothing to act on.', 'AbortError');
  return [clicked, all];
}

async function tell(deps: Deps, name: string, error: unknown, log: (line: string) => void): Promise<void> {
  if (isAbort(error)) return;
  const message = error instanceof Told ? error.message : explainPlain(name, error);
  log(`${name}: ${message}`);
  if ((await deps.ui.say('error', message, 'Show Log')) === 'Show Log') deps.desk.showLog();
}

/** Errors without a sentence of their own are either ours, whole already, or name what the engine said. */
function explainPlain(name: string, error: unknown): string {
  return error instanceof Error && error.name === 'Error' ? error.message : explain(error, { verb: name });
}
