import assert from 'node:assert/strict';
import type { Container, Port } from '../../src/engine/containers';
import type { Fleet } from '../../src/fleet/fleet';
import { findable, matches, toWords } from '../../src/fleet/match';
import { Search } from '../../src/fleet/search';
import { container, image } from './fixtures';

const tcp = (publicPort: number): Port => ({ ip: '0.0.0.0', privatePort: 80, publicPort, protocol: 'tcp' });
const hex = (seed: number) => seed.toString(16).padStart(4, '0').repeat(16);

describe('what an object is found by', () => {
  const finds = (item: Container, query: string) => matches(findable('containers', item), toWords(query));

  it('is any part of its name, image and labels, in any case', () => {
    const web = container({ name: 'Web-1', image: 'ghcr.io/acme/api:2', labels: { Team: 'Blue' } });
    for (const query of ['eb-', 'ACME', 'team=bl', 'web blue', '']) assert.ok(finds(web, query), query);
    assert.ok(!finds(web, 'web red'));
  });

  it('is the beginning of its id, not any few letters of it or of a hash in a label', () => {
    const labels = {
      'com.docker.compose.config-hash': hex(0xdbfe),
      'com.docker.compose.image': `sha256:${hex(0xbead)}`,
    };
    const other = container({ id: hex(0x12db), labels });
    for (const query of ['db', 'fe', 'be', 'ad', '256', '2db1', 'sha256']) assert.ok(!finds(other, query), query);
    for (const query of ['12db', hex(0x12db), `sha256:${hex(0x12db).slice(0, 12)}`, 'config-hash']) {
      assert.ok(finds(other, query), query);
    }
  });

  it('is a port where a port is asked for, and never a registry that has one in its name', () => {
    const pulled = container({ image: 'reg.local:5000/app', ports: [tcp(8080)] });
    assert.ok(!finds(pulled, ':5000'));
    assert.ok(finds(pulled, '5000'));
    for (const query of [':8080', ':80', '8080']) assert.ok(finds(pulled, query), query);
    assert.ok(!finds(pulled, ':080'));
  });

  it('is its state, as a whole word', () => {
    const ill = container({ health: 'unhealthy' });
    assert.ok(finds(ill, 'unhealthy'));
    assert.ok(finds(ill, 'running'));
    assert.ok(!finds(ill, 'healthy'));
    assert.ok(!finds(ill, 'run'));
  });

  it('is a label of any kind, and the repository of an image without a tag', () => {
    const labels = { 'com.docker.compose.project': 'shop' };
    const network = { id: hex(1), name: 'n', driver: 'bridge', scope: 'local', internal: false, labels };
    const volume = { name: hex(0xdb), driver: 'local', mountpoint: '/x', created: '', labels };
    const untagged = image({
      id: `sha256:${hex(2)}`,
      tags: [],
      digests: [`ghcr.io/acme/api@sha256:${hex(3)}`],
      labels,
    });
    const kinds = [findable('networks', network), findable('volumes', volume), findable('images', untagged)];
    for (const each of kinds) assert.ok(matches(each, toWords('project=shop')));
    assert.ok(matches(findable('images', untagged), toWords('acme')));
    assert.ok(matches(findable('images', untagged), toWords(hex(3))));
    assert.ok(!matches(findable('volumes', volume), toWords('db')));
    assert.ok(matches(findable('volumes', volume), toWords(hex(0xdb).slice(0, 12))));
  });
});

describe('find', () => {
  const fleetOf = (...hosts: { name: string; containers: Container[] }[]) =>
    ({
      shown: hosts.map(({ name, containers }) => ({
        name,
        lists: {
          containers: { items: new Map(containers.map((each) => [each.id, each])), revision: 1 },
          images: { items: new Map(), revision: 1 },
          networks: { items: new Map(), revision: 1 },
          volumes: { items: new Map(), revision: 1 },
        },
      })),
    }) as unknown as Fleet;
  const named = (name: string, index: number, fields: Partial<Container> = {}) =>
    container({ name, id: hex(index), ...fields });
  const names = (fleet: Fleet, query: string, limit = 100) =>
    new Search(fleet).find(query, limit).found.map(({ name }) => name);

  it('puts who publishes just that port before who has more digits, however short their names', () => {
    const others = Array.from({ length: 150 }, (_, index) => named(`a${index}`, index, { ports: [tcp(8000 + index)] }));
    const fleet = fleetOf({ name: 'one', containers: [...others, named('front-proxy', 999, { ports: [tcp(80)] })] });
    assert.equal(names(fleet, ':80')[0], 'front-proxy');
    assert.equal(names(fleet, ':80').length, 100);
  });

  it('puts the name itself first, then names that begin so, then the rest', () => {
    const containers = [
      named('x', 1, { image: 'my/web' }),
      named('old-web', 2),
      named('web-proxy', 3),
      named('web', 4),
      named('y', 5, { image: 'web:2' }),
    ];
    assert.deepEqual(names(fleetOf({ name: 'one', containers }), 'web'), ['web', 'web-proxy', 'old-web', 'y', 'x']);
  });

  it('takes words from the name of a host, too, over all hosts', () => {
    const search = new Search(
      fleetOf({ name: 'Lab', containers: [named('web', 1)] }, { name: 'attic', containers: [named('web', 2)] }),
    );
    const hosts = (query: string) => search.find(query, 100).found.map(({ host }) => host);
    assert.deepEqual(hosts('web'), ['Lab', 'attic']);
    assert.deepEqual(hosts('web lab'), ['Lab']);
    assert.deepEqual(hosts('nowhere'), []);
  });

  it('keeps to its limit', () => {
    const containers = ['web', 'web2', 'web3'].map((name, index) => named(name, index));
    const fleet = fleetOf({ name: 'one', containers });
    assert.equal(names(fleet, '', 2).length, 2);
    assert.equal(names(fleet, 'w', 2).length, 2);
  });

  it('comes to an end in steps, however many there are, and finds what changed since', () => {
    const containers = Array.from({ length: 5000 }, (_, index) => named(`c${index}`, index, { id: `id${index}` }));
    const fleet = fleetOf({ name: 'one', containers });
    const search = new Search(fleet);
    let calls = 1;
    for (; !search.find('nowhere', 10).complete; calls++) assert.ok(calls < 1000);
    assert.ok(calls > 1, 'more than one call has time for');
    assert.equal(search.find('c4999', 10).found.length, 1);
    const list = fleet.shown[0]?.lists.containers;
    assert.ok(list);
    (list.items as Map<string, Container>).set('new', named('new-one', 1, { id: 'new' }));
    Object.assign(list, { revision: 2 });
    assert.deepEqual(search.find('new-one', 10), {
      found: [{ host: 'one', kind: 'containers', id: 'new', name: 'new-one' }],
      complete: true,
    });
  });
});
