import assert from 'node:assert/strict';
import { authorityOf, type Endpoint, formatEndpoint, isLoopback, parseEndpoint } from '../../src/engine/endpoint';
import { EngineError } from '../../src/engine/errors';
import { itMeets } from './vectors';

const invalid = (text: string, words?: RegExp) =>
  assert.throws(
    () => parseEndpoint(text),
    (error) => error instanceof EngineError && error.kind === 'invalid' && (words?.test(error.message) ?? true),
    `"${text}" was taken`,
  );

/** Written out as docker does. */
function written(endpoint: Endpoint): string {
  if (endpoint.scheme !== 'tcp') return `${endpoint.scheme}://${endpoint.path}`;
  return `tcp://${authorityOf(endpoint)}${endpoint.basePath}`;
}

/** Where Longshore decides otherwise than a group says, and why. */
const deviations = {
  'ParseHost (docker -H / DOCKER_HOST)': {
    'tcp://0.0.0.0:1234567890': 'refused: nobody can dial such a port',
  },
  parseDockerDaemonHost: {
    '': 'taken: its callers never give it nothing, and ParseHost makes the local socket of that',
  },
  'ssh:// URL to ssh argv': {
    'https://example.com': 'taken: it is no ssh, but a way of its own',
  },
} as const;

const deviates = (group: keyof typeof deviations, text: string) => Object.hasOwn(deviations[group], text);

describe('an endpoint', () => {
  for (const group of ['ParseHost (docker -H / DOCKER_HOST)', 'parseDockerDaemonHost'] as const) {
    itMeets<{ input: string; ok: boolean; expected?: string }>('endpoints.json', group, ({ input, ok, expected }) => {
      if (ok === deviates(group, input)) return invalid(input);
      const endpoint = parseEndpoint(input);
      if (expected !== undefined) assert.equal(written(endpoint), expected, input);
    });
  }

  // Its defaults are arguments: here they are those of docker -H.
  itMeets<{ input: string; ok: boolean; expected?: string }>(
    'endpoints.json',
    'ParseTCPAddr with default tcp://127.0.0.1:2376',
    ({ input, ok, expected = '' }) => {
      if (!ok) return invalid(input);
      assert.equal(written(parseEndpoint(input)), expected.replace('127.0.0.1', 'localhost').replace('2376', '2375'));
    },
  );

  itMeets<{ host: string; expectedUrlHost: string }>(
    'endpoints.json',
    'Host header / URL host per endpoint kind',
    ({ host, expectedUrlHost }) => {
      const endpoint = parseEndpoint(host);
      assert.equal('hostname' in endpoint ? authorityOf(endpoint) : endpoint.path, expectedUrlHost);
    },
  );

  itMeets<{ input: string; ok: boolean }>('endpoints.json', 'client.ParseHostURL', ({ input, ok }) => {
    if (ok) parseEndpoint(input);
    else invalid(input);
  });

  itMeets<{ doc: string; url: string; ok: boolean; user?: string; host?: string; port?: string; path?: string }>(
    'endpoints.json',
    'ssh:// URL to ssh argv',
    ({ doc, url, ok, user, host, port, path }) => {
      if (!ok && !deviates('ssh:// URL to ssh argv', url)) return invalid(url);
      if (!ok) return assert.notEqual(parseEndpoint(url).scheme, 'ssh');
      const endpoint = parseEndpoint(url);
      assert.ok(endpoint.scheme === 'ssh', doc);
      const { user: ours = '', hostname, port: number, path: socket } = endpoint;
      assert.deepEqual(
        [ours, hostname, String(number ?? ''), socket ?? ''],
        [user, host, port, path === '/' ? '' : path],
      );
    },
  );

  itMeets<{ doc: string; url: string }>(
    'endpoints.json',
    'ssh:// URL to full ssh command (dial-stdio)',
    ({ doc, url }) => assert.equal(parseEndpoint(url).scheme, 'ssh', doc),
  );

  it('of tcp can be written as http or https, and nothing is guessed from the port', () => {
    assert.deepEqual(parseEndpoint('http://h:2376'), {
      scheme: 'tcp',
      hostname: 'h',
      port: 2376,
      basePath: '',
      secure: false,
    });
    const secure = parseEndpoint('https://h/docker/');
    assert.deepEqual(secure, { scheme: 'tcp', hostname: 'h', port: 2376, basePath: '/docker', secure: true });
    assert.equal(parseEndpoint('TCP://h').scheme, 'tcp');
  });

  it('is a socket where only a path is typed', () => {
    assert.deepEqual(parseEndpoint('/run/docker.sock'), { scheme: 'unix', path: '/run/docker.sock' });
  });

  it('reads back as the same when it is written out', () => {
    for (const text of [
      '',
      'unix:///run/my docker.sock',
      'unix://relative.sock',
      'npipe:////./pipe/docker_engine',
      'tcp://h',
      'tcp://[::1]:5/docker/',
      'tcp://[fe80::1%25eth0]:5',
      'http://h:80/a%20b',
      'https://h',
      'ssh://h',
      'ssh://me%40corp@h:2222/var/run/docker.sock',
      "ssh://h/it's 100%25 %3F%23 $(x)",
      'ssh://[fe80::1%25eth0]:22',
      'ssh://$(shutdown)example.com',
    ]) {
      const endpoint = parseEndpoint(text);
      assert.deepEqual(parseEndpoint(formatEndpoint(endpoint)), endpoint, text);
    }
    assert.equal(formatEndpoint(parseEndpoint('h:1')), 'tcp://h:1');
    assert.equal(formatEndpoint(parseEndpoint('https://h')), 'https://h:2376');
    assert.equal(formatEndpoint(parseEndpoint('tcp://[fe80::1%25eth0]:5')), 'tcp://[fe80::1%eth0]:5');
    assert.equal(formatEndpoint(parseEndpoint('ssh://me@h/')), 'ssh://me@h');
  });

  it('is refused with what would work', () => {
    invalid('docker.example.com', /ssh:\/\/you@server/);
    invalid('ftp://h', /"ftp:\/\/"/);
    invalid('tcp://host:99999', /"99999" is no port/);
    invalid('host:99999', /"99999" is no port/);
    invalid('tcp://h:0', /no port/);
    invalid('tcp://::1:2375', /\[::1\]/);
    invalid('tcp://[zz]:2375', /IPv6/);
    invalid('tcp://me@h', /ssh:\/\/you@server/);
    invalid('tcp://h?x', /"\?"/);
    invalid('ssh://-oProxyCommand=x', /begin with "-"/);
    invalid('ssh://-l@h', /begin with "-"/);
    invalid('ssh://h#x', /"#"/);
    invalid('ssh://me:secret@h', /password/);
    invalid('tcp://h h:1', /no name of a server/);
    invalid('tcp://h\u202e:1', /no name of a server/);
    invalid('tcp://h:1/a b', /%20/);
    invalid('//h:2375', /does not say how/);
    invalid('ssh://me%00@h', /control characters/);
    invalid('ssh://h/%1b', /control characters/);
    invalid('ssh://h/%zz', /%25/);
    invalid('tcp://\ud800:1', /control characters/);
  });

  it('never repeats a password', () => {
    const places = [
      'ssh://*@h',
      'ssh://*@h:99999',
      'ssh://*@',
      'tcp://*@h',
      'https://*@h',
      '*@h',
      '//*@h:1',
      'x://*@h',
    ];
    for (const place of [...places, 'ssh://*@h://', 'ssh://h@*@h', 'ssh://*%zz@h', 'ssh://*%00@h']) {
      assert.throws(
        () => parseEndpoint(place.replace('*', 'me:hunter2')),
        (error) => error instanceof EngineError && !error.message.includes('hunter2'),
        place,
      );
    }
  });

  it('is on this machine or not', () => {
    const loopback = (text: string) => isLoopback(parseEndpoint(text));
    for (const here of [
      '',
      'unix:///x',
      'npipe://',
      'tcp://localhost',
      'tcp://127.9.9.9:1',
      'tcp://[::1]:1',
      'LOCALHOST:1',
    ]) {
      assert.ok(loopback(here), here);
    }
    for (const there of [
      'tcp://10.0.0.1',
      'tcp://127.0.0.1.example.com',
      'tcp://127.1',
      'ssh://h',
      'tcp://localhost.evil.com',
    ]) {
      assert.ok(!loopback(there), there);
    }
  });
});
