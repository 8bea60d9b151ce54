import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] } };
  activationEvents: string[];
  contributes: {
    commands: { command: string; title: string; category: string; enablement?: string }[];
    menus: Record<string, { command: string; when?: string }[]>;
    keybindings: { command: string; when?: string }[];
    configuration: {
      properties: Record<string, { scope?: string; description?: string; markdownDescription?: string }>;
    };
  };
};
const { contributes, capabilities } = manifest;

describe('the manifest', () => {
  it('registers every command that it names, and names every one that is registered', () => {
    const source = readFileSync(path.join(root, 'src/commands/register.ts'), 'utf8');
    const table = /const commands[^{]*= \{\n([\s\S]*?)\n\};/.exec(source)?.[1] ?? '';
    const registered = [...table.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => `longshore.${name}`).sort();
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), registered);
    assert.ok(contributes.commands.every(({ category }) => category === 'Longshore'));
  });

  it('has menus and keys only of commands that exist', () => {
    const known = new Set(contributes.commands.map(({ command }) => command));
    for (const [menu, items] of Object.entries(contributes.menus)) {
      for (const { command } of items) assert.ok(known.has(command), `${menu}: ${command}`);
    }
    for (const { command, when } of contributes.keybindings) {
      assert.ok(known.has(command), command);
      assert.match(when ?? '', /focusedView == longshore\.hosts/);
    }
  });

  it('decides the scope of every setting, and describes it', () => {
    for (const [name, setting] of Object.entries(contributes.configuration.properties)) {
      assert.ok(['application', 'machine', 'window', 'resource'].includes(setting.scope ?? ''), `${name} has no scope`);
      assert.ok(setting.description ?? setting.markdownDescription, `${name} is not described`);
    }
  });

  it('takes no host from a workspace that is not trusted', () => {
    assert.equal(capabilities.untrustedWorkspaces.supported, 'limited');
    // What a workspace may set of Longshore at all is either restricted or can not connect anywhere.
    const harmless = /^longshore\.containers\./;
    for (const [name, { scope }] of Object.entries(contributes.configuration.properties)) {
      if (scope === 'application' || scope === 'machine' || harmless.test(name)) continue;
      assert.ok(capabilities.untrustedWorkspaces.restrictedConfigurations.includes(name), name);
    }
  });

  it('greys on a read-only host just what would change something there', () => {
    const greyed = contributes.commands
      .filter(({ enablement }) => enablement === '!(viewItem =~ /\\breadOnly\\b/)')
      .map(({ command }) => command.replace('longshore.', ''));
    const changes = [
      'create',
      'kill',
      'pause',
      'pull',
      'remove',
      'rename',
      'restart',
      'run',
      'start',
      'stop',
      'tag',
      'unpause',
    ];
    assert.deepEqual(greyed.sort(), changes);
  });

  it('activates once VS Code has started: who wants hosts connected from then on need not open the view', () => {
    assert.deepEqual(manifest.activationEvents, ['onStartupFinished']);
  });
});
