import assert from 'node:assert/strict';
import { conflictWords, portProblem, specsOf } from '../../src/commands/create';
import type { Deps } from '../../src/commands/deps';
import { explain } from '../../src/commands/explain';
import { progressWords } from '../../src/commands/pull';
import { chooseHost } from '../../src/commands/targets';
import type { Port } from '../../src/engine/containers';
import { parseEndpoint } from '../../src/engine/endpoint';
import { EngineError } from '../../src/engine/errors';
import { addressOf, browsablePorts, resolveEndpoint } from '../../src/fleet/addresses';
import type { Host } from '../../src/fleet/host';
import { container } from './fixtures';

describe('an error', () => {
  const stop = { verb: 'stop', object: 'container web', host: 'staging' };

  it('names what failed, on what, where and why', () => {
    assert.equal(
      explain(new EngineError('conflict', 'Container is paused.'), stop),
      "Can't stop container web on staging: Container is paused.",
    );
  });

  it('says that somebody else was faster', () => {
    const gone = new EngineError('notFound', 'No such container: web', { status: 404 });
    assert.match(explain(gone, stop), /container web on staging: it is not there any more/);
  });

  it('shows what an engine says on one line and without tricks', () => {
    assert.equal(explain(new EngineError('server', 'a\n\n b\u202e'), { verb: 'list' }), "Can't list: a b\\u202e");
  });
});

describe('the address of a published port', () => {
  const port = (ip: string, publicPort = 8080, privatePort = 80): Port => ({
    ip,
    publicPort,
    privatePort,
    protocol: 'tcp',
  });
  const url = (endpoint: string, given: Port) => addressOf(parseEndpoint(endpoint), given).url;

  it('is on the machine of the engine, never a localhost elsewhere', () => {
    assert.equal(url('unix:///x', port('0.0.0.0')), 'http://localhost:8080/');
    assert.equal(url('tcp://10.0.0.5:2375', port('0.0.0.0')), 'http://10.0.0.5:8080/');
    assert.equal(url('ssh://me@staging.example.com', port('::')), 'http://staging.example.com:8080/');
    assert.equal(url('tcp://[2001:db8::1]:2375', port('')), 'http://[2001:db8::1]:8080/');
    assert.equal(url('ssh://staging', port('192.168.7.7')), 'http://192.168.7.7:8080/');
    assert.equal(url('ssh://staging', port('0.0.0.0', 443, 443)), 'https://staging:443/');
  });

  it('is on the machine that ssh knows behind the name of a host', async () => {
    const host = (endpoint: string, kind: string) =>
      ({ config: { endpoint }, state: { kind }, engine: { hostname: async () => '10.0.0.5' } }) as unknown as Host;
    const machine = async (endpoint: string, kind = 'ready') =>
      addressOf(await resolveEndpoint(host(endpoint, kind)), port('0.0.0.0')).url;
    assert.equal(await machine('ssh://prod'), 'http://10.0.0.5:8080/');
    assert.equal(await machine('ssh://prod', 'failed'), 'http://prod:8080/');
    assert.equal(await machine('tcp://prod:2375'), 'http://prod:8080/');
  });

  it('knows what only the machine itself can open', () => {
    const reachable = (endpoint: string) => addressOf(parseEndpoint(endpoint), port('127.0.0.1')).reachable;
    assert.equal(reachable('ssh://staging'), false);
    assert.equal(reachable('unix:///x'), true);
    assert.equal(reachable('tcp://127.0.0.1:2375'), true);
  });

  it('is told once for both families, for tcp only', () => {
    const ports = [
      port('0.0.0.0'),
      port('::'),
      { ...port(''), protocol: 'udp' },
      { ip: '', privatePort: 1, protocol: 'tcp' },
    ];
    assert.equal(browsablePorts(ports).length, 1);
  });
});

describe('the ports of a new container', () => {
  it('are split at spaces and commas', () => {
    assert.deepEqual(specsOf(' 80:80, 81:81\n82 '), ['80:80', '81:81', '82']);
    assert.deepEqual(specsOf(''), []);
  });

  it('name who has them already', () => {
    const web = container({ ports: [{ ip: '0.0.0.0', privatePort: 80, publicPort: 8080, protocol: 'tcp' }] });
    const host = { name: 'staging', lists: { containers: { items: new Map([['x', web]]) } } } as unknown as Host;
    assert.equal(conflictWords(host, '9090:80 8080:80'), 'Port 8080/tcp of staging is published by web already.');
    assert.equal(conflictWords(host, '9090:80'), undefined);
  });

  it('are refused where they are none, and where the engine is too old for them', () => {
    const host = (version: string) => ({ state: { kind: 'ready', version } }) as unknown as Host;
    assert.match(portProblem(host('1.45'), '80:x') ?? '', /no port of the container/);
    assert.match(portProblem(host('1.36'), '80 5000:5000/sctp') ?? '', /SCTP.*needs an engine with API 1\.37/);
    assert.equal(portProblem(host('1.37'), '80 5000:5000/sctp'), undefined);
    assert.equal(portProblem(host('1.36'), '80 5000:5000/udp'), undefined);
  });
});

describe('the progress of a pull', () => {
  it('is told in layers and bytes', () => {
    const layer = (id: string, status: string, current: number, total: number) => ({ id, status, current, total });
    const layers = [
      layer('aaa', 'Pull complete', 10_000_000, 10_000_000),
      layer('bbb', 'Downloading', 2_000_000, 8_000_000),
      layer('ccc', 'Extracting', 5_000_000, 5_000_000),
    ];
    assert.equal(
      progressWords({ layers, bytes: { current: 17_000_000, total: 23_000_000 } }),
      '1 of 3 layers · 17MB of 23MB · bbb: 2MB of 8MB · ccc: extracting',
    );
    assert.equal(progressWords({ layers: [], bytes: { current: 0, total: 0 } }), '0 of 0 layers');
  });
});

describe('the choice of a host', () => {
  it('puts those last that are hidden, and says so', async () => {
    const host = (name: string) => ({
      name,
      config: { endpoint: `ssh://${name}`, access: 'full' },
      state: { kind: 'idle' },
    });
    let offered: readonly { label: string; description?: string }[] = [];
    const deps = {
      fleet: { hosts: new Map(['attic', 'lab'].map((name) => [name, host(name)])) },
      settings: { treeOptions: () => ({ hidden: new Set(['attic']) }) },
      ui: {
        choose: async (_title: string, choices: typeof offered) => {
          offered = choices;
        },
      },
    } as unknown as Deps;
    await chooseHost(deps, undefined, 'Pull');
    assert.deepEqual(
      offered.map(({ label }) => label),
      ['lab', 'attic'],
    );
    assert.match(offered[1]?.description ?? '', /hidden in this workspace/);
  });
});
