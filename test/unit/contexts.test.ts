import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { type ContextFiles, checkContextName, readContexts } from '../../src/engine/contexts';
import { EngineError } from '../../src/engine/errors';
import { itMeets } from './vectors';

const home = path.resolve('/home/me/.docker');

/** A file system of what is given, by path below the folder. */
function filesOf(contents: Readonly<Record<string, string>>): ContextFiles {
  const all = Object.entries(contents).map(([name, content]) => [path.join(home, name), content] as const);
  return {
    readFile: async (file) => {
      const found = all.find(([name]) => name === file);
      if (!found) throw new Error('ENOENT');
      return found[1];
    },
    readdir: async (folder) => {
      const below = all.flatMap(([name]) =>
        name.startsWith(folder + path.sep) ? [name.slice(folder.length + 1)] : [],
      );
      if (below.length === 0) throw new Error('ENOENT');
      return [...new Set(below.map((name) => name.split(path.sep)[0] ?? ''))];
    },
  };
}

const meta = (name: string, value: unknown, id = createHash('sha256').update(name).digest('hex')) => ({
  [`contexts/meta/${id}/meta.json`]: typeof value === 'string' ? value : JSON.stringify(value),
});
const docker = (name: string, Host: unknown, rest = {}) =>
  meta(name, { Name: name, Endpoints: { docker: { Host, ...rest } } });

describe('docker contexts', () => {
  itMeets<{ name: string; ok: boolean }>('docker-contexts.json', 'ValidateContextName', ({ name, ok }) => {
    if (ok) checkContextName(name);
    else assert.throws(() => checkContextName(name), EngineError, name);
  });

  itMeets<{ name: string; files: Record<string, string> }>(
    'docker-contexts.json',
    'store layout',
    async ({ name, files }) => {
      const [context, ...more] = await readContexts(home, filesOf(files));
      assert.equal(more.length, 0);
      assert.ok(context && 'endpoint' in context);
      assert.equal(context.name, name);
      assert.equal(context.skipTlsVerify, false);
      const pem = Object.keys(files).filter((file) => file.endsWith('.pem'));
      assert.deepEqual(
        Object.values(context.tls ?? {}),
        pem.map((file) => path.join(home, file)),
      );
      assert.equal(context.endpoint.scheme, pem.length > 0 ? 'tcp' : 'ssh');
    },
  );

  it('are none where docker has none', async () => {
    assert.deepEqual(await readContexts(home, filesOf({})), []);
  });

  it('come by name, with how far they verify and the TLS files that exist', async () => {
    const id = createHash('sha256').update('b2').digest('hex');
    const contexts = await readContexts(
      home,
      filesOf({
        ...docker('b2', 'tcp://h:2376', { SkipTLSVerify: true }),
        ...docker('a1', ''),
        [`contexts/tls/${id}/docker/ca.pem`]: '',
        [`contexts/tls/${id}/docker/notes.txt`]: '',
      }),
    );
    assert.deepEqual(contexts, [
      { name: 'a1', endpoint: { scheme: 'unix', path: '/var/run/docker.sock' }, skipTlsVerify: false },
      {
        name: 'b2',
        endpoint: { scheme: 'tcp', hostname: 'h', port: 2376, basePath: '', secure: false },
        tls: { ca: path.join(home, 'contexts/tls', id, 'docker/ca.pem') },
        skipTlsVerify: true,
      },
    ]);
  });

  it('that are broken are there with the reason', async () => {
    const contexts = await readContexts(
      home,
      filesOf({
        ...meta('broken', '{'),
        ...meta('../escape', { Name: '../escape', Endpoints: { docker: { Host: '' } } }),
        ...docker('ftp', 'ftp://h'),
        ...meta('kube', { Name: 'kube', Endpoints: {} }),
        'contexts/meta/not-a-hash/meta.json': '{}',
      }),
    );
    const reasons = Object.fromEntries(contexts.map((one) => [one.name, 'reason' in one ? one.reason : '']));
    const brokenId = createHash('sha256').update('broken').digest('hex').slice(0, 12);
    assert.deepEqual(Object.keys(reasons).sort(), ['../escape', brokenId, 'ftp', 'kube'].sort());
    assert.match(reasons[brokenId] ?? '', /meta\.json is broken/);
    assert.match(reasons['../escape'] ?? '', /starts with a letter or digit/);
    assert.match(reasons.ftp ?? '', /"ftp:\/\/"/);
    assert.match(reasons.kube ?? '', /no Docker engine/);
  });
});
