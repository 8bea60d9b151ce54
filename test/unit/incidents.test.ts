import assert from 'node:assert/strict';
import type { Host } from '../../src/fleet/host';
import { Incidents } from '../../src/fleet/incidents';
import { container } from './fixtures';

describe('incidents', () => {
  const event = (action: string, attributes = {}) => ({
    type: 'container',
    action,
    id: 'x',
    attributes,
    timeNano: '1',
  });

  it('are deaths that nobody asked for, for ten minutes', () => {
    const incidents = new Incidents();
    assert.equal(incidents.take('h', event('die', { exitCode: '0' }), 1000), false);
    assert.equal(incidents.take('h', event('die', { exitCode: '1' }), 1000), true);
    assert.equal(incidents.diedAt('h', 'x'), 1000);
    assert.equal(incidents.diedAt('other', 'x'), undefined);
    const end = incidents.nextEnd ?? 0;
    assert.equal(end, 1000 + 10 * 60_000);
    incidents.expire(end - 1);
    assert.equal(incidents.diedAt('h', 'x'), 1000);
    const before = incidents.revision('h');
    incidents.expire(end);
    assert.equal(incidents.diedAt('h', 'x'), undefined);
    assert.notEqual(incidents.revision('h'), before);
    assert.equal(incidents.nextEnd, undefined);
  });

  it('stay news where the engine starts the container again by itself', () => {
    const incidents = new Incidents();
    incidents.take('h', event('die', { exitCode: '1' }), 3000);
    assert.equal(incidents.take('h', event('start'), 3100), false);
    assert.equal(incidents.diedAt('h', 'x'), 3000);
    assert.equal(incidents.take('h', event('destroy'), 3200), true);
    assert.equal(incidents.diedAt('h', 'x'), undefined);
  });

  it('are none after a signal, nor where somebody stopped it', () => {
    const incidents = new Incidents();
    incidents.take('h', event('kill', { signal: '15' }), 100_000);
    assert.equal(incidents.take('h', event('die', { exitCode: '143' }), 105_000), false);
    assert.equal(incidents.diedAt('h', 'x'), undefined);
    // Podman says only afterwards that somebody stopped it.
    assert.equal(incidents.take('h', event('die', { exitCode: '137' }), 205_000), true);
    assert.equal(incidents.take('h', event('stop'), 205_001), true);
    assert.equal(incidents.diedAt('h', 'x'), undefined);
  });

  it('count the containers of a host, once for as long as nothing changes', () => {
    const incidents = new Incidents();
    const states = [{ state: 'running' }, { state: 'running', health: 'unhealthy' as const }, { state: 'exited' }];
    const items = new Map(states.map((fields, index) => [String(index), container({ id: String(index), ...fields })]));
    let counted = 0;
    const list = {
      revision: 0,
      get items() {
        counted++;
        return items;
      },
    };
    const host = { name: 'h', lists: { containers: list } } as unknown as Host;
    assert.deepEqual(incidents.tally(host), { all: 3, running: 2, troubled: 1 });
    const once = counted;
    incidents.take('other', { ...event('die', { exitCode: '1' }), id: '2' }, 1000);
    assert.deepEqual(incidents.tally(host).troubled, 1);
    assert.equal(counted, once);
    incidents.take('h', { ...event('die', { exitCode: '1' }), id: '2' }, 1000);
    assert.equal(incidents.tally(host).troubled, 2);
    items.delete('0');
    list.revision++;
    assert.deepEqual(incidents.tally(host), { all: 2, running: 1, troubled: 2 });
  });

  it('cost no more with every death, and keep the newest thousand of a host', () => {
    const incidents = new Incidents();
    const deaths = 100_000;
    const started = performance.now();
    for (let index = 0; index < deaths; index++) {
      incidents.take('h', { ...event('kill'), id: `k${index}` }, index);
      incidents.take('h', { ...event('die', { exitCode: '1' }), id: `d${index}` }, index);
    }
    // Where each looked at all before it, this took minutes.
    assert.ok(performance.now() - started < 5000);
    assert.equal(incidents.diedAt('h', `d${deaths - 1001}`), undefined);
    assert.equal(incidents.diedAt('h', `d${deaths - 1000}`), deaths - 1000);
  });
});
