import assert from 'node:assert/strict';
import type { Port } from '../../src/engine/containers';
import { parseEndpoint } from '../../src/engine/endpoint';
import { formatMoment } from '../../src/views/ages';
import { containerFacts } from '../../src/views/tooltip';
import { container } from './fixtures';

describe('the tooltip of a container', () => {
  const port = (ip: string, publicPort: number, privatePort = 80): Port => ({
    ip,
    publicPort,
    privatePort,
    protocol: 'tcp',
  });
  const clock = (iso: string) => formatMoment(Date.parse(iso));
  const links = (endpoint: string, ...ports: Port[]) =>
    containerFacts(container({ ports }), parseEndpoint(endpoint), {}).flatMap(([, , url]) => url ?? []);

  it('links published ports to where they are reached from here', () => {
    const web = port('0.0.0.0', 8080);
    assert.deepEqual(links('ssh://deploy@lab.example.com', web), ['http://lab.example.com:8080/']);
    assert.deepEqual(links('tcp://[fd00::5]:2376', web, port('::', 8080)), ['http://[fd00::5]:8080/']);
    assert.deepEqual(links('unix:///var/run/docker.sock', port('127.0.0.1', 8443, 8443)), ['https://127.0.0.1:8443/']);
    assert.deepEqual(links('ssh://lab', port('192.168.1.9', 8080)), ['http://192.168.1.9:8080/']);
  });

  it('links nothing that only the other machine could open, and no address that an engine makes up', () => {
    assert.deepEqual(links('ssh://lab', port('127.0.0.1', 8080)), []);
    assert.deepEqual(links('ssh://lab', port('evil.example/>)[x](y', 8080)), []);
    assert.deepEqual(
      containerFacts(container({ state: 'exited', ports: [port('', 8080)] }), parseEndpoint('ssh://lab'), {}).filter(
        ([, , url]) => url,
      ),
      [],
    );
  });

  it('tells no age, which would stand still while VS Code keeps it, but the moment', () => {
    const facts = containerFacts(container(), parseEndpoint('ssh://lab'), {});
    assert.ok(!facts.some(([, value]) => value.includes('ago')), facts.join('\n'));
  });

  it('tells why a container does not come up', () => {
    const inspected = {
      State: {
        Running: true,
        Restarting: true,
        OOMKilled: true,
        StartedAt: '2026-11-21T11:00:00Z',
        FinishedAt: '2026-11-20T11:00:30Z',
      },
    };
    const [state] = containerFacts(
      container({ state: 'restarting', exitCode: 137 }),
      parseEndpoint('ssh://lab'),
      inspected,
    );
    assert.equal(state?.[1], `restarting (137) · ended ${clock('2026-11-20T11:00:30Z')} · out of memory`);
  });

  it('has room for its other lines where thousands of ports are published', () => {
    const ports = Array.from({ length: 1000 }, (_, index) => port('0.0.0.0', 10_000 + index, 10_000 + index));
    const facts = containerFacts(container({ ports }), parseEndpoint('ssh://lab'), {});
    assert.deepEqual(
      facts
        .filter(([name]) => name === 'Open')
        .map(([, value]) => value)
        .slice(-1),
      ['… and 988 more'],
    );
    assert.ok(facts.some(([name]) => name === 'Networks'));
  });

  it('tells what people look for', () => {
    const facts = containerFacts(
      container({
        networks: ['shop_default'],
        mounts: [{ type: 'volume', name: 'data', source: '/x', destination: '/data', writable: false }],
        labels: Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`l${index}`, 'v'])),
      }),
      parseEndpoint('ssh://lab'),
      {
        RestartCount: 3,
        State: {
          Running: true,
          StartedAt: '2026-11-21T11:00:00Z',
          Health: {
            Log: [{ Output: 'old' }, { Output: 'connection refused\n', End: '2026-11-21T11:59:00.5Z' }],
          },
        },
      },
    );
    const all = facts.map(([name, value]) => `${name}: ${value}`);
    for (const line of [
      `State: running · started ${clock('2026-11-21T11:00:00Z')}`,
      `Health: connection refused · ${clock('2026-11-21T11:59:00Z')}`,
      'Restarts: 3',
      'Networks: shop_default',
      'Mount: data → /data (read-only)',
      'Label: … and 2 more',
    ]) {
      assert.ok(all.includes(line), `${line} is not among\n${all.join('\n')}`);
    }
  });
});
