import assert from 'node:assert/strict';
import { type EngineEvent, readEvents } from '../../src/engine/events';

/** The events in some lines; the stream's end is an error. */
async function read(...lines: string[]): Promise<EngineEvent[]> {
  async function* stream() {
    for (const line of lines) yield Buffer.from(`${line}\n`);
  }
  const events: EngineEvent[] = [];
  const reading = (async () => {
    for await (const batch of readEvents(stream())) events.push(...batch);
  })();
  await assert.rejects(reading, { kind: 'unreachable' });
  return events;
}

describe('events', () => {
  it('keep their time to the nanosecond, and what is no event is left out', async () => {
    const [event, ...others] = await read(
      '{"Type":"container","Action":"start","Actor":{"ID":"x","Attributes":{"name":"\\"timeNano\\":1"}},"timeNano":1795233024000000001}',
      '{"status":"pull","id":"redis"}',
      'half a li',
      '[]',
    );
    assert.deepEqual(others, []);
    assert.equal(event?.timeNano, '1795233024000000001');
    assert.equal(event?.attributes.name, '"timeNano":1');
  });

  it('have no time where an engine writes more digits than a time has', async () => {
    const events = await read(
      '{"Type":"container","Action":"start","Actor":{"ID":"x"},"timeNano":9223372036854775807}',
      `{"Type":"container","Action":"start","Actor":{"ID":"x"},"timeNano":${'9'.repeat(500_000)}}`,
      '{"Type":"container","Action":"start","Actor":{"ID":"x"}}',
    );
    assert.deepEqual(
      events.map(({ timeNano }) => timeNano),
      ['9223372036854775807', '0', '0'],
    );
  });

  it('are left out where their words are longer than any that name something', async () => {
    const long = 'x'.repeat(5000);
    const event = (Type: string, Action: string, ID: string) => JSON.stringify({ Type, Action, Actor: { ID } });
    const events = await read(
      event(long, 'start', 'x'),
      event('container', `exec_create: ${long}`, 'x'),
      event('container', 'start', long),
      JSON.stringify({ Type: 'volume', Action: 'create', Actor: { Attributes: { name: long } } }),
      event('container', 'start', 'x'),
    );
    assert.deepEqual(
      events.map(({ type, action, id }) => `${type} ${action} ${id}`),
      ['container start x'],
    );
  });

  it('of Podman are told as dockerd tells them', async () => {
    const event = (Type: string, Action: string, ID: string, Attributes: object) =>
      JSON.stringify({ Type, Action, Actor: { ID, Attributes }, timeNano: 1 });
    const events = await read(
      event('container', 'died', 'x', { containerExitCode: '3', name: 'web' }),
      event('container', 'remove', 'x', { name: 'web' }),
      event('volume', 'remove', '', { name: 'data' }),
      event('image', 'remove', 'y', { name: 'web:1' }),
      event('container', 'constructor', 'x', {}),
    );
    assert.deepEqual(
      events.map(({ action, id }) => `${action} ${id}`),
      ['die x', 'destroy x', 'remove data', 'remove y', 'constructor x'],
    );
    assert.equal(events[0]?.attributes.exitCode, '3');
  });
});
