import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as vscode from 'vscode';
import type { LongshoreApi } from '../../src/api';
import { engineRequest } from '../rig/engineHttp';
import { waitFor } from '../rig/wait';

const endpoint = process.env.LONGSHORE_TEST_ENDPOINT ?? '';
const tcp = process.env.LONGSHORE_TEST_TCP_ENDPOINT ?? '';

describe('the extension on a real engine', () => {
  let api: LongshoreApi;

  const configure = (hosts: object | undefined, target = vscode.ConfigurationTarget.Global) =>
    vscode.workspace.getConfiguration('longshore').update('hosts', hosts, target);
  const host = (name: string) => api.hosts.find((each) => each.name === name);
  const until = (what: string, condition: () => boolean) => waitFor(what, 10, async () => condition() || undefined);
  const create = async (name: string) => {
    const { body } = await engineRequest(endpoint, 'POST', `/containers/create?name=${name}`, {
      json: { Image: 'demo/web:1.0', StopTimeout: 0 },
    });
    return (JSON.parse(body) as { Id: string }).Id;
  };
  const target = (id: string) => ({ host: 'one', kind: 'containers', id });
  const state = (id: string) => api.containers('one').find((each) => each.id === id)?.state;

  before(async () => {
    const extension = vscode.extensions.getExtension<LongshoreApi>('longshore.longshore');
    assert.ok(extension);
    const started = performance.now();
    api = await extension.activate();
    console.log(`      activated in ${(performance.now() - started).toFixed(1)} ms`);
  });
  after(async () => {
    await configure(undefined);
    const { body } = await engineRequest(endpoint, 'GET', '/containers/json?all=1');
    for (const { Id } of JSON.parse(body) as { Id: string }[]) {
      await engineRequest(endpoint, 'DELETE', `/containers/${Id}?force=1`);
    }
  });

  it('loads undici no sooner than it connects', () => {
    const loaded = Object.keys(createRequire(__filename).cache).filter((file) => file.endsWith('dist/undici.js'));
    assert.deepEqual(loaded, []);
    assert.deepEqual(api.hosts, []);
  });

  it('hands out what no other extension can replace', () => {
    assert.throws(() => Object.assign(api, { ready: async () => {} }), TypeError);
  });

  it('takes hosts from the settings, and connects none that nobody looks at', async () => {
    await configure({ one: { endpoint }, broken: { endpoint: 'ftp://x' } });
    await until('two hosts', () => api.hosts.length === 2);
    assert.equal(host('one')?.state, 'idle');
    assert.match(host('broken')?.problem ?? '', /no way to reach/);
  });

  it('connects a host that is asked for, and follows it', async () => {
    await api.ready('one');
    assert.equal(host('one')?.state, 'ready');
    const changes: (string | undefined)[] = [];
    const listener = api.onDidChange((name) => changes.push(name));
    const id = await create('followed');
    await until('created', () => state(id) === 'created');
    await engineRequest(endpoint, 'DELETE', `/containers/${id}`);
    await until('removed', () => state(id) === undefined);
    listener.dispose();
    assert.ok(changes.includes('one'));
  });

  it('leaves alone the hosts whose settings did not change', async () => {
    await configure({ one: { endpoint }, two: { endpoint: tcp, access: 'readOnly' } });
    await until('the second host', () => host('two') !== undefined);
    assert.equal(host('one')?.state, 'ready');
    await api.ready('two');
    assert.equal(host('two')?.state, 'ready');
  });

  it('starts, pauses, unpauses, restarts, stops and removes through its commands', async () => {
    const id = await create('moved');
    await until('created', () => state(id) === 'created');
    const steps = [
      ['start', 'running'],
      ['pause', 'paused'],
      ['unpause', 'running'],
      ['restart', 'running'],
      ['stop', 'exited'],
    ] as const;
    for (const [command, expected] of steps) {
      await vscode.commands.executeCommand(`longshore.${command}`, target(id));
      await until(`${expected} after ${command}`, () => state(id) === expected);
    }
  });

  it('acts on a whole selection', async () => {
    const ids = await Promise.all(['a1', 'a2', 'a3', 'a4', 'a5'].map(create));
    await until('created', () => ids.every((id) => state(id) === 'created'));
    await vscode.commands.executeCommand('longshore.start', target(ids[0] ?? ''), ids.map(target));
    await until('all running', () => ids.every((id) => state(id) === 'running'));
    await vscode.commands.executeCommand('longshore.stop', target(ids[0] ?? ''), ids.map(target));
    await until('all stopped', () => ids.every((id) => state(id) === 'exited'));
  });

  /** Runs a command and gives the errors that it shows. */
  const errorsOf = async (command: string, ...args: unknown[]) => {
    const shown: string[] = [];
    const { showErrorMessage } = vscode.window;
    Object.assign(vscode.window, {
      showErrorMessage: async (message: string) => {
        shown.push(message);
      },
    });
    try {
      await vscode.commands.executeCommand(`longshore.${command}`, ...args);
    } finally {
      Object.assign(vscode.window, { showErrorMessage });
    }
    return shown;
  };

  it('says so when somebody else was faster', async () => {
    const id = await create('gone');
    await until('created', () => state(id) === 'created');
    const menu = target(id);
    await engineRequest(endpoint, 'DELETE', `/containers/${id}`);
    const [message, ...more] = await errorsOf('start', menu);
    assert.match(message ?? '', /^Can't start container \S+ on one: it is not there any more \(No such container/);
    assert.deepEqual(more, []);
  });

  it('says once which of a selection failed', async () => {
    const ids = await Promise.all(['b1', 'b2', 'b3'].map(create));
    await until('created', () => ids.every((id) => state(id) === 'created'));
    await engineRequest(endpoint, 'DELETE', `/containers/${ids[0]}`);
    await engineRequest(endpoint, 'DELETE', `/containers/${ids[1]}`);
    const shown = await errorsOf('start', target(ids[2] ?? ''), ids.map(target));
    assert.equal(shown.length, 1);
    assert.match(shown[0] ?? '', /^2 of 3 failed\. /);
    await until('the third', () => state(ids[2] ?? '') === 'running');
  });

  it('changes nothing on a read-only host, and says why', async () => {
    const id = await create('kept');
    await until('known', () => api.containers('two').some((each) => each.id === id));
    const [message] = await errorsOf('start', { host: 'two', kind: 'containers', id });
    assert.equal(message, '"two" is read-only here ("access": "readOnly" in its settings).');
    const { body } = await engineRequest(endpoint, 'GET', `/containers/${id}/json`);
    assert.equal((JSON.parse(body) as { State: { Status: string } }).State.Status, 'created');
  });

  it('copies names and ids', async () => {
    const id = await create('copied');
    await until('created', () => state(id) === 'created');
    await vscode.commands.executeCommand('longshore.copyName', target(id));
    assert.equal(await vscode.env.clipboard.readText(), 'copied');
    await vscode.commands.executeCommand('longshore.copyId', target(id));
    assert.equal(await vscode.env.clipboard.readText(), id);
  });

  it("shows the engine's own JSON", async () => {
    const id = await create('inspected');
    await until('created', () => state(id) === 'created');
    await vscode.commands.executeCommand('longshore.inspect', target(id));
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.languageId, 'json');
    assert.equal((JSON.parse(editor?.document.getText() ?? '') as { Id: string }).Id, id);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('holds a host that a workspace brings until it is allowed', async () => {
    await configure({ guest: { endpoint: tcp } }, vscode.ConfigurationTarget.Workspace);
    await until('held', () => host('guest')?.state === 'held');
    await assert.rejects(api.ready('guest'), /not been allowed/);
    assert.equal(host('one')?.state, 'ready', 'the others are not touched');
    await configure(undefined, vscode.ConfigurationTarget.Workspace);
    await until('gone', () => host('guest') === undefined);
  });
});
