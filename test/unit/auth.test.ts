import assert from 'node:assert/strict';
import {
  checkHelperName,
  type RegistryAuth,
  readDockerConfig,
  registryAuthHeader,
  registryHostname,
  resolveAuth,
} from '../../src/engine/auth';
import { EngineError } from '../../src/engine/errors';
import { itMeets } from './vectors';

describe("a registry's credentials in a header", () => {
  for (const group of ['X-Registry-Auth encode', 'X-Registry-Auth decode (what the daemon accepts)']) {
    itMeets<{ doc: string; ok?: boolean; auth?: RegistryAuth; header: string }>(
      'registry-auth.json',
      group,
      ({ doc, ok = true, auth, header }) => {
        // What engines take where nothing was sent; what they refuse is never made.
        if (header === '') return;
        if (ok) assert.equal(registryAuthHeader(auth ?? {}), header, doc);
        else assert.notEqual(registryAuthHeader({}), header, doc);
      },
    );
  }

  it('are base64url with padding, whatever is in them', () => {
    for (const password of ['a', 'ab', 'abc', 'é>?~ÿ🐳', '\u00ff'.repeat(50)]) {
      const header = registryAuthHeader({ username: 'u', password });
      assert.match(header, /^[A-Za-z0-9_-]+={0,2}$/);
      assert.equal(header.length % 4, 0);
      assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), { username: 'u', password });
    }
  });
});

describe("docker's config.json", () => {
  const base64 = (login: string) => Buffer.from(login).toString('base64');
  const noHelper = () => Promise.reject(new Error('no helper was to be asked'));
  const resolve = (config: unknown, domain: string) => resolveAuth(readDockerConfig(config), domain, noHelper);
  const rejects = (promise: Promise<unknown>, message: RegExp) =>
    assert.rejects(promise, (error) => {
      assert.ok(error instanceof EngineError && error.kind === 'invalid');
      assert.match(error.message, message);
      return true;
    });

  itMeets<{ input: string; expected: string }>(
    'registry-auth.json',
    'registry address to hostname (key of auths)',
    ({ input, expected }) => assert.equal(registryHostname(input), expected, input),
  );

  it('has logins', async () => {
    const config = {
      auths: {
        'https://index.docker.io/v1/': { auth: base64('hub:pass:word') },
        'ghcr.io': { auth: base64('me:secret\0\0') },
        'https://example.com:5000/v2/': { username: 'a', password: 'b' },
        'token.example.com': { auth: base64('00000000:'), identitytoken: 'abc' },
        'plain.example.com': { registrytoken: 'bearer' },
        'empty.example.com': {},
      },
    };
    assert.deepEqual(await resolve(config, 'docker.io'), {
      username: 'hub',
      password: 'pass:word',
      serveraddress: 'https://index.docker.io/v1/',
    });
    assert.deepEqual(await resolve(config, 'ghcr.io'), {
      username: 'me',
      password: 'secret',
      serveraddress: 'ghcr.io',
    });
    assert.deepEqual(await resolve(config, 'example.com:5000'), {
      username: 'a',
      password: 'b',
      serveraddress: 'example.com:5000',
    });
    assert.deepEqual(await resolve(config, 'token.example.com'), {
      username: '00000000',
      identitytoken: 'abc',
      serveraddress: 'token.example.com',
    });
    assert.deepEqual(await resolve(config, 'plain.example.com'), {
      registrytoken: 'bearer',
      serveraddress: 'plain.example.com',
    });
    assert.equal(await resolve(config, 'empty.example.com'), undefined);
  });

  it('gives a registry no login but its own', async () => {
    const auths = { 'example.com': { auth: base64('a:b') }, 'https://index.docker.io/v1/': { auth: base64('c:d') } };
    for (const domain of ['example.com:5000', 'example.co', 'x.example.com', 'constructor', '__proto__']) {
      assert.equal(await resolve({ auths }, domain), undefined, domain);
    }
    assert.equal(await resolve({ auths: { 'example.com': { auth: base64('a:b') } } }, 'docker.io'), undefined);
  });

  it('knows the hub by its other names', async () => {
    for (const key of ['docker.io', 'index.docker.io', 'https://docker.io', 'https://index.docker.io/v2/']) {
      const found = await resolve({ auths: { [key]: { auth: base64('a:b') } } }, 'docker.io');
      assert.equal(found?.serveraddress, 'https://index.docker.io/v1/', key);
    }
  });

  it('counts what is not as promised as nothing, but an unreadable login as an error', async () => {
    for (const config of [undefined, null, 1, 'x', [], {}, { auths: [] }, { auths: { 'a.b': 1 } }, { credsStore: 1 }]) {
      assert.equal(await resolve(config, 'a.b'), undefined);
    }
    for (const auth of [base64('nocolon'), base64(':nouser'), '!!']) {
      await rejects(resolve({ auths: { 'a.b': { auth } } }, 'a.b'), /entry for "a\.b"/);
    }
    assert.equal(await resolve({ auths: { 'a.b': { auth: '!!' } } }, 'c.d'), undefined);
  });

  it('names helpers, each for one registry or one for all, that are asked instead of it', async () => {
    const asked: string[] = [];
    const runHelper = async (name: string, address: string): Promise<RegistryAuth | undefined> => {
      asked.push(`${name} ${address}`);
      return name === 'none' ? undefined : { username: name, password: 'p' };
    };
    const config = readDockerConfig({
      auths: { 'a.b': { auth: base64('file:file') } },
      credsStore: 'store',
      credHelpers: { 'ghcr.io': 'gh', 'docker.io': 'hub', 'a.b': 'none' },
    });
    const user = async (domain: string) => (await resolveAuth(config, domain, runHelper))?.username;
    assert.deepEqual(await Promise.all(['ghcr.io', 'docker.io', 'a.b', 'c.d'].map(user)), [
      'gh',
      'hub',
      undefined,
      'store',
    ]);
    assert.deepEqual(asked, ['gh ghcr.io', 'hub https://index.docker.io/v1/', 'none a.b', 'store c.d']);
    assert.deepEqual(await resolveAuth(config, 'c.d', runHelper), {
      username: 'store',
      password: 'p',
      serveraddress: 'c.d',
    });
  });

  it('starts nothing that is not named like a helper', async () => {
    for (const credsStore of ['a b', '../x', 'a;b', 'a/b', 'a\n', '$(x)', '\u202ea', ' ']) {
      assert.throws(() => checkHelperName(credsStore), EngineError, credsStore);
      await rejects(resolve({ credsStore }, 'a.b'), /can't be the name/);
    }
    for (const name of ['desktop', 'osxkeychain', 'ecr-login', 'a_b.c-1']) assert.equal(checkHelperName(name), name);
    assert.throws(() => checkHelperName(''), EngineError);
  });
});
