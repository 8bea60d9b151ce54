import assert from 'node:assert/strict';
import type { ContainerState, Health } from '../../src/engine/containers';
import { itemWords } from '../../src/fleet/capabilityWords';
import { sanitise, sanitiseLabel, sanitiseNotice } from '../../src/fleet/sanitise';
import { formatClock } from '../../src/views/ages';
import { containerRow, imageRow, networkRow, portWords, volumeRow } from '../../src/views/itemRows';
import { container, image } from './fixtures';

const words = (fields: Parameters<typeof container>[0], access: 'full' | 'readOnly' = 'full') =>
  containerRow(container(fields), access).contextValue.split(' ');

describe('the row of a container', () => {
  it('tells name, ports and image; and the state where it does not run', () => {
    const ports = [
      { ip: '0.0.0.0', privatePort: 80, publicPort: 8080, protocol: 'tcp' },
      { ip: '::', privatePort: 80, publicPort: 8080, protocol: 'tcp' },
    ];
    assert.equal(containerRow(container({ ports }), 'full').description, '8080→80 · nginx:1.27');
    const exited = containerRow(container({ state: 'exited', exitCode: 137 }), 'full');
    assert.equal(exited.description, 'exited (137) · nginx:1.27');
    assert.equal(exited.tone, undefined);
    assert.match(exited.spoken, /container web, exited \(137\), image nginx/);
  });

  it('tells when it died by itself, also once it runs again', () => {
    const diedAt = Date.now();
    const row = containerRow(container(), 'full', { diedAt });
    const died = `died ${formatClock(diedAt)}`;
    assert.equal(row.description, `${died} · nginx:1.27`);
    assert.equal(row.tone, 'trouble');
    assert.ok(row.spoken.includes(`container web, running, ${died}, image`), row.spoken);
  });

  it('has a shape of its own for each state, not just a colour', () => {
    const states: [ContainerState, Health | undefined, number | undefined][] = [
      ['running', undefined, undefined],
      ['running', 'healthy', undefined],
      ['running', 'unhealthy', undefined],
      ['running', 'starting', undefined],
      ['paused', undefined, undefined],
      ['restarting', undefined, undefined],
      ['created', undefined, undefined],
      ['exited', undefined, 0],
      ['exited', undefined, 1],
      ['dead', undefined, undefined],
      ['removing', undefined, undefined],
    ];
    const shapes = states.map(([state, health, exitCode]) => {
      return containerRow(container({ state, health, exitCode }), 'full').icon.name;
    });
    assert.equal(new Set(shapes).size, states.length, shapes.join());
  });

  it('offers just what can be done in its state', () => {
    assert.ok(words({}).includes('stoppable') && !words({}).includes('startable'));
    assert.ok(words({ state: 'exited' }).includes('startable') && !words({ state: 'exited' }).includes('killable'));
    assert.ok(words({ state: 'paused' }).includes('unpausable') && !words({ state: 'paused' }).includes('pausable'));
    assert.deepEqual(
      words({ state: 'removing' }).filter((word) => word.endsWith('able')),
      ['inspectable'],
    );
    assert.deepEqual(words({}, 'readOnly'), [...words({}), 'readOnly'], 'greyed, not gone');
    assert.ok(itemWords('networks', 'full', 'shop_default').includes('removable'));
    assert.ok(!itemWords('networks', 'full', 'bridge').includes('removable'), 'no engine removes its own');
    // An engine may say anything.
    assert.ok(words({ state: 'constructor' as ContainerState }).includes('removable'));
  });

  it('can be opened in a browser where it publishes tcp', () => {
    const port = { ip: '', privatePort: 80, publicPort: 8080, protocol: 'tcp' };
    assert.ok(words({ ports: [port] }).includes('browsable'));
    assert.ok(!words({ ports: [{ ...port, protocol: 'udp' }] }).includes('browsable'));
    assert.ok(!words({ ports: [port], state: 'exited' }).includes('browsable'));
  });

  it('shows hostile text as what it is', () => {
    const row = containerRow(container({ name: 'a\u202eb\u0007', image: 'x\u200by' }), 'full');
    assert.equal(row.label, 'a\\u202eb\\u0007');
    assert.match(row.description, /x\\u200by/);
    assert.ok(!/[\u0000-\u001f\u202e\u200b]/.test(JSON.stringify(row)));
  });
});

describe('other rows', () => {
  it('of images tell tag, size and age', () => {
    const now = 1_700_000_000_000 + 21 * 86_400_000;
    const row = imageRow(image({ tags: ['nginx:1.27', 'nginx:latest'] }), 'full', now);
    assert.equal(row.label, 'nginx:1.27');
    assert.equal(row.description, '192MB · 3 weeks ago · +1 tag');
    const untagged = imageRow(image({ tags: [] }), 'full', now);
    assert.equal(untagged.label, 'aaaaaaaaaaaa');
    assert.match(untagged.description, /^untagged/);
  });

  it('of networks and volumes tell what is not usual', () => {
    const network = { id: 'n', name: 'back', driver: 'overlay', scope: 'swarm', internal: true, labels: {} };
    assert.equal(networkRow(network, 'full').description, 'overlay · swarm · internal');
    const volume = { name: 'f'.repeat(64), driver: 'local', mountpoint: '', created: '', labels: {} };
    assert.deepEqual(
      [volumeRow(volume, 'full').label, volumeRow(volume, 'full').description],
      ['ffffffffffff', 'anonymous'],
    );
  });
});

describe('ports in a row', () => {
  it('are short, once each, with an address only where it is not every one', () => {
    const port = (ip: string, publicPort: number | undefined, privatePort: number, protocol = 'tcp') => ({
      ip,
      privatePort,
      protocol,
      ...(publicPort === undefined ? {} : { publicPort }),
    });
    const ports = [
      port('0.0.0.0', 8080, 80),
      port('::', 8080, 80),
      port('127.0.0.1', 53, 53, 'udp'),
      port('::1', 99, 98),
      port('', undefined, 9000),
    ];
    assert.equal(portWords(ports), '8080→80, [::1]:99→98, 127.0.0.1:53→53/udp');
  });
});

describe('the sanitiser', () => {
  it('leaves what people write alone', () => {
    for (const text of ['web-1', 'Größe 3→4 · ünïcode 漢字 🐳', 'a\\b']) assert.equal(sanitise(text), text);
  });

  it('makes visible what can not be seen', () => {
    const hidden = [
      '\u0000',
      '\u001b[31m',
      '\u0085',
      '\u200e',
      '\u202a',
      '\u2066',
      '\ufeff',
      '\u2028',
      '\u{e0041}',
      '\n',
    ];
    for (const text of hidden) assert.match(sanitise(`a${text}b`), /^a\\u[0-9a-f]{4,5}.*b$/, JSON.stringify(text));
    assert.equal(sanitise('\ud800x'), '\\ud800x');
  });

  it('cuts what is too long', () => {
    assert.ok(sanitise('x'.repeat(100_000)).length < 3000);
  });

  it('makes no link in a notice of remote text', () => {
    assert.equal(sanitiseNotice('[a](command:b) [c] (d)'), '[a] (command:b) [c] (d)');
    assert.equal(sanitiseNotice('one\ntwo\u202e\r'), 'one\ntwo\\u202e\\u000d');
  });

  it('draws no icon from remote text', () => {
    assert.ok(!sanitiseLabel('$(trash) x').includes('$('));
  });
});
