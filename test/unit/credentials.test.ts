import assert from 'node:assert/strict';
import { registryOf } from '../../src/commands/registries';
import type { Ui } from '../../src/commands/ui';
import { makeCredentials } from '../../src/credentials';
import { readDockerConfig } from '../../src/engine/auth';
import { parseReference } from '../../src/engine/reference';
import type { HostConfig } from '../../src/fleet/config';
import type { Host } from '../../src/fleet/host';

describe('the login for a pull', () => {
  const { signal } = new AbortController();
  const host = (endpoint: string, more: Partial<HostConfig> = {}) =>
    ({ name: 'h', config: { name: 'h', endpoint, access: 'full', ...more } }) as Host;
  const kept = { username: 'me', password: 'kept' };
  let secrets: Map<string, string>;
  let asked: string[];
  let answer: string | undefined;
  let config: unknown;

  const confirm = async (message: string) => {
    asked.push(message);
    return answer;
  };
  const make = () => {
    const state = new Map<string, unknown>();
    return makeCredentials(
      {
        secrets: {
          get: async (key: string) => secrets.get(key),
          store: async (key: string, value: string) => void secrets.set(key, value),
          delete: async (key: string) => void secrets.delete(key),
        },
        globalState: {
          get: (key: string, fallback: unknown) => state.get(key) ?? fallback,
          update: async (key: string, value: unknown) => void state.set(key, value),
        },
      } as never,
      { confirm } as unknown as Ui,
      async () => readDockerConfig(config),
    );
  };
  const sent = (header: string | undefined) =>
    header === undefined ? undefined : JSON.parse(Buffer.from(header, 'base64url').toString());

  beforeEach(() => {
    secrets = new Map();
    asked = [];
    answer = undefined;
    config = { auths: { 'ghcr.io': { auth: Buffer.from('me:docker').toString('base64') } } };
  });

  it('is the one that is kept here, then what docker knows, and only of that registry', async () => {
    const credentials = make();
    await credentials.store('ghcr.io', kept);
    const far = host('ssh://server');
    assert.deepEqual(sent(await credentials.forPull(far, parseReference('ghcr.io/a/b'), signal)), kept);
    assert.equal(await credentials.forPull(far, parseReference('redis'), signal), undefined);
    assert.deepEqual(await credentials.stored(), ['ghcr.io']);
    await credentials.forget('ghcr.io');
    assert.deepEqual(await credentials.stored(), []);
    const header = await credentials.forPull(far, parseReference('ghcr.io/a/b'), signal);
    assert.equal(sent(header).password, 'docker');
    assert.deepEqual(asked, []);
  });

  it('is sent in the clear only after asking, for that registry by that way', async () => {
    const credentials = make();
    await credentials.store('quay.io', kept);
    const plain = host('tcp://10.0.0.5:2375');
    const pull = (to: Host, image: string) => credentials.forPull(to, parseReference(image), signal);
    await assert.rejects(pull(plain, 'ghcr.io/a/b'), { name: 'AbortError' });
    answer = 'Pull Without Login';
    assert.equal(await pull(plain, 'ghcr.io/a/b'), undefined);
    answer = 'Send Unencrypted';
    assert.ok(await pull(plain, 'ghcr.io/a/b'));
    assert.equal(asked.length, 3);
    await pull(plain, 'ghcr.io/a/b');
    assert.equal(asked.length, 3, 'it was said already');
    await pull(plain, 'quay.io/a/b');
    assert.equal(asked.length, 4, 'another registry');
    await pull(host('tcp://10.0.0.6:2375'), 'ghcr.io/a/b');
    assert.equal(asked.length, 5, 'the same name elsewhere');
    const unverified = host('tcp://10.0.0.5:2376', { tls: { verify: false } });
    answer = 'Send Anyway';
    assert.ok(await pull(unverified, 'ghcr.io/a/b'));
    assert.equal(asked.length, 6, 'not verified');
    for (const safe of [host('tcp://127.0.0.1:2375'), host('unix:///x'), host('tcp://10.0.0.5:2376', { tls: {} })]) {
      assert.ok(await pull(safe, 'ghcr.io/a/b'));
    }
    assert.equal(asked.length, 6);
  });

  it('can be done without where what docker names for it fails', async () => {
    config = { credsStore: 'longshore-has-no-such-helper' };
    const pull = () => make().forPull(host('unix:///x'), parseReference('redis'), signal);
    await assert.rejects(pull(), { name: 'AbortError' });
    answer = 'Pull Without Login';
    assert.equal(await pull(), undefined);
    assert.match(asked[1] ?? '', /login for docker.io can't be had/);
  });

  it('is kept under the name that references use, and for a whole registry only', () => {
    for (const [typed, registry] of [
      ['docker.io', 'docker.io'],
      ['index.docker.io', 'docker.io'],
      [' https://ghcr.io/ ', 'ghcr.io'],
      ['127.0.0.1:5000', '127.0.0.1:5000'],
    ] as const) {
      assert.equal(registryOf(typed), registry);
    }
    for (const typed of ['', 'ghcr.io/owner', 'myuser', 'a b']) assert.throws(() => registryOf(typed), typed);
  });
});
