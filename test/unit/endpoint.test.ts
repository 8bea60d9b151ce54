import assert from 'node:assert/strict';
import { type Endpoint, isLoopback, parseEndpoint } from '../../src/engine/endpoint';
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
  const { hostname, port, basePath } = endpoint;
  return `tcp://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}${basePath}`;
}

/** Taken by docker, but refused here: nobody can dial such a port. */
const impossible = ['tcp://0.0.0.0:1234567890'];
/** The CLI's inner parser, which its callers never give nothing to. */
const emptyIsLocal = '';

describe('an endpoint', () => {
  for (const group of ['ParseHost (docker -H / DOCKER_HOST)', 'parseDockerDaemonHost']) {
    itMeets<{ input: string; ok: boolean; expected?: string }>('endpoints.json', group, ({ input, ok, expected }) => {
      if (group === 'parseDockerDaemonHost' && input === emptyIsLocal) return;
      if (!ok || impossible.includes(input)) return invalid(input);
      assert.equal(written(parseEndpoint(input)), expected, input);
    });
  }

  itMeets<{ input: string; ok: boolean }>('endpoints.json', 'client.ParseHostURL', ({ input, ok }) => {
    if (ok) parseEndpoint(input);
    else invalid(input);
  });

  itMeets<{ doc: string; url: string; ok: boolean; user?: string; host?: string; port?: string; path?: string }>(
    'endpoints.json',
    'ssh:// URL to ssh argv',
    ({ doc, url, ok, user, host, port, path }) => {
      // https:// is a way of its own here.
      if (!ok && url.startsWith('https://')) return;
      if (!ok) return invalid(url);
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
  });

  it('never repeats a password', () => {
    assert.throws(
      () => parseEndpoint('ssh://me:hunter2@h'),
      (error) => error instanceof Error && !error.message.includes('hunter2'),
    );
  });

  it('is on this machine or not', () => {
    const loopback = (text: string) => isLoopback(parseEndpoint(text));
    for (const here of ['', 'unix:///x', 'npipe://', 'tcp://localhost', 'tcp://127.9.9.9:1', 'tcp://[::1]:1']) {
      assert.ok(loopback(here), here);
    }
    for (const there of ['tcp://10.0.0.1', 'tcp://127.0.0.1.example.com', 'ssh://h', 'tcp://localhost.evil.com']) {
      assert.ok(!loopback(there), there);
    }
  });
});
