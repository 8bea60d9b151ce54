import { isLoopback, parseEndpoint } from '../engine/endpoint';
import { isAbort } from '../engine/errors';
import type { HostConfig } from '../fleet/config';
import { kinds } from '../fleet/lists';
import type { Deps, Place } from './deps';
import { explain } from './explain';
import { problemOf } from './problem';
import { chooseHosts, isHostTarget } from './targets';
import { back } from './ui';

/** Asks for a host, tries it, and writes it into the settings. */
export const addHost = (deps: Deps) => async () => {
  const title = 'Add Host';
  let name = '';
  let endpoint = '';
  for (let at = 0; at < 2; ) {
    const answer = await deps.ui.ask(
      at === 0
        ? {
            title,
            step: [1, 2],
            value: name,
            prompt: 'A name for the host',
            placeholder: 'staging',
            check: (text) => {
              if (text.trim() === '') return 'A host needs a name.';
              return deps.fleet.hosts.has(text.trim()) ? `There is a host called ${text.trim()} already.` : undefined;
            },
          }
        : {
            title,
            step: [2, 2],
            value: endpoint,
            prompt: `How is ${name} reached?`,
            placeholder: 'ssh://you@server   tcp://10.0.0.5:2375   unix:///var/run/docker.sock',
            check: (text) => {
              if (text.trim() === '') return 'Write how the engine is reached, as in ssh://you@server.';
              return problemOf(() => parseEndpoint(text));
            },
            hint: (text) => (isPlain(text) ? 'Plain tcp: anyone on its network has root on that machine.' : undefined),
          },
    );
    if (answer === undefined) return;
    if (answer === back) {
      at--;
      continue;
    }
    if (at === 0) name = answer.trim();
    else {
      endpoint = answer.trim();
      const verdict = await tried(deps, name, endpoint);
      if (verdict === 'stop') return;
      if (verdict === 'edit') continue;
    }
    at++;
  }
  const place = await choosePlace(deps, name);
  if (place === undefined) return;
  const config: HostConfig = { name, endpoint, access: 'full' };
  // Who types a host in has allowed it.
  if (place === 'workspace') await deps.settings.allow(config);
  await deps.settings.save(name, { endpoint }, place);
};

function isPlain(text: string): boolean {
  const endpoint = parseEndpoint(text);
  return endpoint.scheme === 'tcp' && !endpoint.secure && !isLoopback(endpoint);
}

/** Whether a host goes into the settings: it answered, or the person wants it all the same. */
async function tried(deps: Deps, name: string, endpoint: string): Promise<'save' | 'edit' | 'stop'> {
  if (isPlain(endpoint)) {
    const detail = 'Plain tcp is neither encrypted nor asks who is there. Reach it by ssh:// or by TLS instead.';
    const message = `Anyone on the network of ${name} has root on that machine. Add it all the same?`;
    if ((await deps.ui.confirm(message, detail, 'Add Unencrypted Host')) === undefined) return 'edit';
  }
  try {
    await deps.ui.progress(`Connecting to ${name}`, (_report, signal) =>
      deps.tryHost({ name, endpoint, access: 'readOnly' }, signal),
    );
    return 'save';
  } catch (error) {
    if (isAbort(error)) return 'edit';
    const message = explain(error, { verb: `reach ${name} at ${endpoint}` });
    const answer = await deps.ui.say('error', message, 'Edit', 'Save Anyway');
    if (answer === 'Save Anyway') return 'save';
    return answer === 'Edit' ? 'edit' : 'stop';
  }
}

async function choosePlace(deps: Deps, name: string): Promise<Place | undefined> {
  if (!deps.settings.hasWorkspace) return 'user';
  const place = await deps.ui.choose<Place>(`Save ${name}`, [
    { label: 'User settings', description: 'in every window', value: 'user' },
    {
      label: 'Workspace settings',
      description: 'for who opens this workspace; others are asked before it is used',
      value: 'workspace',
    },
  ]);
  return place === back ? undefined : place;
}

/** Takes hosts out of the settings, after asking. Nothing on them changes. */
export const removeHost =
  (deps: Deps) =>
  async (...given: readonly unknown[]) => {
    const names = await chooseHosts(deps, given, 'Remove Host');
    if (names.length === 0) return;
    const what = names.length === 1 ? `host ${names[0]}` : `${names.length} hosts`;
    const list = names.length === 1 ? '' : `${names.join(', ')}\n\n`;
    const detail = `${list}Taken out of the settings. Nothing changes on the ${names.length === 1 ? 'machine itself' : 'machines themselves'}.`;
    const button = names.length === 1 ? 'Remove Host' : 'Remove Hosts';
    if ((await deps.ui.confirm(`Remove ${what}?`, detail, button)) !== button) return;
    for (const name of names) await deps.settings.remove(name);
  };

/** Opens the settings.json that a host is in. */
export const editHost = (deps: Deps) => async (given: unknown) =>
  deps.settings.open(isHostTarget(given) ? given.host : undefined);

/** Lists everything anew: on the hosts it was called on, or on all that are or should be connected. */
export const refresh =
  (deps: Deps) =>
  async (...given: readonly unknown[]) => {
    const named = isHostTarget(given[0]) ? await chooseHosts(deps, given, 'Refresh') : undefined;
    for (const host of deps.fleet.shown) {
      if (named && !named.includes(host.name)) continue;
      if (host.state.kind === 'ready') for (const kind of kinds) host.lists[kind].refresh();
      else if (named || host.state.kind !== 'idle') deps.fleet.retry(host.name);
    }
  };

/** Tries at once what would wait for its next try. */
export const retry =
  (deps: Deps) =>
  async (...given: readonly unknown[]) => {
    for (const name of await chooseHosts(deps, given, 'Retry')) deps.fleet.retry(name);
  };

/** Lets a host that came with the workspace be connected, exactly as it is configured now. */
export const allowHost = (deps: Deps) => async (given: unknown) => {
  const held = [...deps.fleet.hosts.values()].filter(({ state }) => state.kind === 'held');
  if (!isHostTarget(given) && held.length === 0) throw new Error('No host waits to be allowed.');
  const chosen = isHostTarget(given)
    ? given.host
    : await deps.ui.choose(
        'Allow Host',
        held.map(({ name, config }) => ({
          label: name,
          description: config.endpoint,
          value: name,
        })),
      );
  const host = chosen === undefined || chosen === back ? undefined : deps.fleet.hosts.get(chosen);
  if (host) await askToAllow(deps, [host.config]);
};

/** Asks about hosts that a workspace brought, naming where their connections would go: about all of them, or each. */
export async function askToAllow(deps: Deps, hosts: readonly HostConfig[]): Promise<void> {
  if (hosts.length > 1) {
    const list = hosts.map(({ name, endpoint }) => `${name}: ${endpoint}`).join('\n');
    const answer = await deps.ui.confirm(
      `This workspace brings ${hosts.length} Docker hosts. Connect to them?`,
      `${list}\n\n${allowAdvice}`,
      'Review Each',
      'Allow All',
    );
    if (answer === 'Allow All') for (const host of hosts) await deps.settings.allow(host);
    if (answer !== 'Review Each') {
      deps.reconfigure();
      return;
    }
  }
  for (const host of hosts) {
    const keys = host.tls ? ` It names key files of yours: ${Object.values(host.tls).join(', ')}.` : '';
    const answer = await deps.ui.confirm(
      `This workspace brings the Docker host "${host.name}". Connect to it?`,
      `Its settings would connect you to ${host.endpoint}.${keys} ${allowAdvice}`,
      'Allow',
    );
    if (answer === 'Allow') await deps.settings.allow(host);
    else break;
  }
  deps.reconfigure();
}

const allowAdvice =
  'Allow this only if you trust who wrote this workspace. You are asked again when it changes. Hosts that you do not allow stay in the tree, unconnected.';

/** Doesn't show hosts in this workspace, and doesn't connect them. */
export const hideHost =
  (deps: Deps) =>
  async (...given: readonly unknown[]) => {
    const names = await chooseHosts(deps, given, 'Hide Host');
    await deps.settings.setHiddenHosts([...new Set([...deps.settings.hiddenHosts, ...names])]);
  };

/** Shows a hidden host again, or all. */
export const showHiddenHosts = (deps: Deps) => async () => {
  const hidden = deps.settings.hiddenHosts.filter((name) => deps.fleet.hosts.has(name));
  const all = 'All of them';
  const choices = [all, ...hidden].map((name, index) => ({ label: name, value: index }));
  const chosen = hidden.length > 1 ? await deps.ui.choose('Show Hidden Hosts', choices) : 0;
  if (chosen === undefined || chosen === back) return;
  await deps.settings.setHiddenHosts(chosen === 0 ? [] : hidden.filter((_name, index) => index + 1 !== chosen));
};
