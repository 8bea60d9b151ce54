import { AsyncLocalStorage } from 'node:async_hooks';
import type { Request } from '../engine/request';
import type { Ui } from './ui';

/** One command under way: what it is doing, for questions about it, and the answers to those, by host. */
interface Action {
  what: string | undefined;
  approved: Map<string, Promise<boolean>>;
}

const actions = new AsyncLocalStorage<Action>();

/** Runs a command; where a host asks before changes it is asked about once for each thing that the command names. */
export function asAction<T>(run: () => Promise<T>): Promise<T> {
  return actions.run({ what: undefined, approved: new Map() }, run);
}

/** Says what the command that runs is about to do, as in `stop container web`: questions name it. */
export function nameAction(what: string): void {
  const action = actions.getStore();
  if (!action || action.what === what) return;
  action.what = what;
  action.approved = new Map();
}

/** Asks before a change on a host whose settings want that. */
export const askToChange =
  (ui: Ui) =>
  (host: string, request: Request): Promise<boolean> => {
    const { approved = new Map<string, Promise<boolean>>(), what } = actions.getStore() ?? {};
    const known = approved.get(host);
    if (known) return known;
    const change = what ?? `${request.method} /${request.path.join('/')}`;
    const asked = ui
      .confirm(
        `On ${host}: ${change}?`,
        `The settings of ${host} want to be asked before each change ("access": "confirm").`,
        'Go Ahead',
      )
      .then((answer) => answer === 'Go Ahead');
    approved.set(host, asked);
    return asked;
  };
