import assert from 'node:assert/strict';
import type { Port } from '../../src/engine/containers';
import { parseEndpoint } from '../../src/engine/endpoint';
import { containerFacts } from '../../src/views/tooltip';
import { container } from './fixtures';

describe('the tooltip of a container', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  const port = (ip: string, publicPort: number, privatePort = 80): Port => ({
    ip,
    publicPort,
    privatePort,
    protocol: 'tcp',
  });
  const links = (endpoint: string, ...ports: Port[]) =>
    containerFacts(container({ ports }), parseEndpoint(endpoint), {}, now).flatMap(([, , url]) => url ?? []);

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
      containerFacts(
        container({ state: 'exited', ports: [port('', 8080)] }),
        parseEndpoint('ssh://lab'),
        {},
        now,
      ).filter(([, , url]) => url),
      [],
    );
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
          Health: { Log: [{ Output: 'old' }, { Output: 'connection refused\n' }] },
        },
      },
      now,
    );
    const all = facts.map(([name, value]) => `${name}: ${value}`);
    for (const line of [
      'State: running · started about an hour ago',
      'Health: connection refused',
      'Restarts: 3',
      'Networks: shop_default',
      'Mount: data → /data (read-only)',
      'Label: … and 2 more',
    ]) {
      assert.ok(all.includes(line), `${line} is not among\n${all.join('\n')}`);
    }
  });
});
