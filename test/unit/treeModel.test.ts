import assert from 'node:assert/strict';
import type { Container } from '../../src/engine/containers';
import type { Change, Fleet } from '../../src/fleet/fleet';
import { Incidents } from '../../src/fleet/incidents';
import type { TreeOptions } from '../../src/fleet/treeOptions';
import type { Node } from '../../src/views/node';
import { TreeModel } from '../../src/views/treeModel';
import { container, image, treeOptions as options } from './fixtures';

interface FakeHost {
  name: string;
  config: { name: string; endpoint: string; access: 'full'; group?: string };
  state: object;
  seenAt: number | undefined;
  lists: Record<string, { items: Map<string, unknown>; known: boolean; revision: number }>;
}

/** Items that count their changes, as a list does. */
class Items extends Map<string, unknown> {
  revision = 0;

  override set(id: string, item: unknown): this {
    this.revision = (this.revision ?? 0) + 1;
    return super.set(id, item);
  }
}

/** Hosts without engines: what the model reads of a fleet. */
function makeFleet(...containers: Container[]) {
  const list = (entries: [string, unknown][]) => {
    const items = new Items(entries);
    return {
      items,
      known: true,
      get revision() {
        return items.revision;
      },
    };
  };
  const host = (name: string, group?: string): FakeHost => ({
    name,
    config: { name, endpoint: 'unix:///x', access: 'full', ...(group === undefined ? {} : { group }) },
    state: { kind: 'ready', version: '1.41' },
    seenAt: 0,
    lists: {
      containers: list(containers.map((each) => [each.id, each])),
      images: list([[image().id, image()]]),
      networks: list([]),
      volumes: list([]),
    },
  });
  const hosts = new Map([
    ['a', host('a')],
    ['b/c', host('b/c', 'lab')],
  ]);
  return { hosts, fleet: { hosts } as unknown as Fleet };
}

describe('the tree', () => {
  const named = (name: string, fields: Partial<Container> = {}) =>
    container({ id: name.padEnd(64, '_'), name, ...fields });
  const project = (name: string) => ({ labels: { 'com.docker.compose.project': name } });

  const holds = (nodes: readonly Node[], node: Node) => nodes.some(({ key }) => key === node.key);

  const draw = (model: TreeModel, node?: Node, depth = 0): string[] =>
    model.children(node).flatMap((child) => {
      const { label, description } = model.row(child);
      return [`${'  '.repeat(depth)}${label} ${description}`.trimEnd(), ...draw(model, child, depth + 1)];
    });

  it('shows folders, hosts, groups with counts, compose projects and items', () => {
    const { fleet } = makeFleet(named('web10', project('shop')), named('web2', project('shop')), named('solo'));
    const drawn = draw(new TreeModel(fleet, new Incidents(), () => options));
    assert.deepEqual(drawn.slice(0, 2), ['lab', '  b/c unix:///x']);
    const host = drawn.slice(drawn.indexOf('a unix:///x'));
    assert.deepEqual(host.slice(0, 6), [
      'a unix:///x',
      '  Containers 3',
      '    shop 2/2 running',
      '      web2 nginx:1.27',
      '      web10 nginx:1.27',
      '    solo nginx:1.27',
    ]);
  });

  it('has keys that are unique and tell no state', () => {
    const { hosts, fleet } = makeFleet(named('web', project('containers')), named('solo'));
    const keys = (model: TreeModel) => {
      const all: string[] = [];
      const walk = (node?: Node) => {
        for (const child of model.children(node)) {
          all.push(child.key);
          walk(child);
        }
      };
      walk();
      return all;
    };
    const before = keys(new TreeModel(fleet, new Incidents(), () => options));
    assert.equal(new Set(before).size, before.length);
    for (const { lists } of hosts.values()) {
      const [id] = lists.containers?.items.keys() ?? [];
      lists.containers?.items.set(id ?? '', named('web', { state: 'exited', exitCode: 1, ...project('containers') }));
    }
    assert.deepEqual(keys(new TreeModel(fleet, new Incidents(), () => options)), before);
  });

  it('has keys that are unique whatever things are called', () => {
    const { hosts, fleet } = makeFleet(
      ...Array.from({ length: 300 }, (_, index) => named(`c${index}`, { image: 'x' })),
      ...Array.from({ length: 300 }, (_, index) => named(`d${index}`, { image: 'x/more' })),
      named('half', { image: '\ud800' }),
    );
    for (const [name, config] of [
      ['folder', {}],
      ['\ud800', {}],
      ['containers', { group: 'containers' }],
    ] as const) {
      const host = structuredClone({ ...hosts.get('a'), lists: undefined });
      hosts.set(name, { ...host, name, config: { ...host.config, ...config, name } } as unknown as FakeHost);
      Object.assign(hosts.get(name) ?? {}, { lists: hosts.get('a')?.lists });
    }
    const volumes = hosts.get('a')?.lists.volumes;
    for (let i = 0; i < 300; i++) volumes?.items.set(`v${i}`, { name: `v${i}`, driver: 'local', labels: {} });
    for (const name of ['more', 'message', 'message/error/'])
      volumes?.items.set(name, { name, driver: 'local', labels: {} });
    Object.assign(volumes ?? {}, { problem: new Error('The plugin hangs.') });
    const model = new TreeModel(fleet, new Incidents(), () => ({ ...options, groupBy: 'image' }));
    const keys: string[] = [];
    const walk = (node?: Node) => {
      for (const child of model.children(node)) {
        keys.push(child.key);
        model.row(child);
        walk(child);
      }
    };
    walk();
    assert.ok(keys.length > 1500);
    assert.equal(new Set(keys).size, keys.length);
  });

  it('leaves out hosts, folders and groups of which nothing matches the filter, and brings them back', () => {
    const { hosts, fleet } = makeFleet(named('web'));
    const lab = hosts.get('b/c');
    assert.ok(lab);
    lab.lists = { ...lab.lists, containers: { ...lab.lists.containers, items: new Items(), known: true, revision: 1 } };
    const model = new TreeModel(fleet, new Incidents(), () => filtered);
    const filtered = { ...options, filter: 'web' };
    assert.deepEqual(draw(model), ['a unix:///x', '  Containers 1', '    web nginx:1.27']);
    const container = named('web2');
    lab.lists.containers = { items: new Items([[container.id, container]]), known: true, revision: 2 };
    const change = { what: 'items', host: lab, kind: 'containers', ids: new Set([container.id]) };
    assert.equal(model.touched(change as unknown as Change), undefined, 'the folder comes back: all is drawn');
    assert.equal(draw(model)[0], 'lab');
    // What is not known yet may match.
    lab.lists.images = { items: new Items(), known: false, revision: 3 };
    assert.ok(draw(model).includes('    Images …'));
  });

  it('shows what was found also where its cluster is on a later page', () => {
    const { fleet } = makeFleet(
      ...Array.from({ length: 500 }, (_, index) => named(`c${index}`, { image: `i${index}` })),
    );
    const model = new TreeModel(fleet, new Incidents(), () => ({ ...options, groupBy: 'image' }));
    const far = model.itemNode('a', 'containers', named('c450').id);
    const group = model.groupNode('a', 'containers');
    assert.deepEqual(model.makeRoom(far), [group]);
    const cluster = model.parent(far);
    assert.ok(cluster && holds(model.children(group), cluster));
  });

  it('remembers nothing of what is gone', () => {
    const { hosts, fleet } = makeFleet();
    const model = new TreeModel(fleet, new Incidents(), () => options);
    const items = hosts.get('a')?.lists.containers?.items as Items;
    const all = new Set<Node>();
    for (let i = 0; i < 1000; i++) {
      const one = named(`c${i}`);
      items.clear();
      items.set(one.id, one);
      for (const child of model.children(model.groupNode('a', 'containers'))) {
        model.row(child);
        all.add(child);
      }
    }
    assert.equal(all.size, 1000);
    const [gone] = all;
    assert.ok(gone?.type === 'item');
    assert.notEqual(model.itemNode('a', 'containers', gone.id), gone, 'it is made anew');
  });

  it('remembers nothing of what has never been drawn', () => {
    const { hosts, fleet } = makeFleet(named('web'));
    const model = new TreeModel(fleet, new Incidents(), () => options);
    draw(model);
    hosts.get('a')?.lists.containers?.items.set(named('brief').id, named('brief'));
    const change = { what: 'items', host: hosts.get('a'), kind: 'containers', ids: new Set([named('brief').id]) };
    assert.equal(model.touched(change as unknown as Change)?.length, 1);
    const node = () => model.itemNode('a', 'containers', named('brief').id);
    assert.notEqual(node(), node());
    assert.equal(
      model.itemNode('a', 'containers', named('web').id),
      model.itemNode('a', 'containers', named('web').id),
    );
  });

  it('counts who is in trouble above them, and shows them also where stopped ones are hidden', () => {
    const { hosts, fleet } = makeFleet(
      named('web', { health: 'unhealthy', ...project('shop') }),
      named('job', { state: 'exited', exitCode: 1, ...project('shop') }),
      named('old', { state: 'exited', exitCode: 1 }),
    );
    const incidents = new Incidents();
    const model = new TreeModel(fleet, incidents, () => ({ ...options, showStopped: false }));
    const labels = () =>
      draw(model, model.hostNode('a')).filter((line) => !/^(Images|Networks|Volumes| {2}nginx)/.test(line));
    assert.deepEqual(labels(), [
      'Containers 1 of 3 · 1 in trouble',
      '  shop 1/1 running · 1 in trouble',
      '    web unhealthy · nginx:1.27',
    ]);
    model.row(model.hostNode('a'));
    const event = {
      type: 'container',
      action: 'die',
      id: named('job').id,
      attributes: { exitCode: '1' },
      timeNano: '1',
    };
    incidents.take('a', event, Date.now());
    const change = { what: 'items', host: hosts.get('a'), kind: 'containers', ids: new Set([event.id]) };
    assert.deepEqual(model.touched(change as unknown as Change), [model.hostNode('a')]);
    assert.match(model.row(model.hostNode('a')).description, /^2 in trouble · unix/);
    assert.match(model.row(model.hostNode('a')).spoken, /2 in trouble/);
    assert.equal(labels()[0], 'Containers 2 of 3 · 2 in trouble');
    assert.match(labels()[2] ?? '', /^ {4}job exited \(1\) · died /);
    const target = { host: 'a', kind: 'containers', id: event.id } as const;
    assert.equal(model.hiddenBy(target), undefined);
    incidents.expire(Date.now() + 3_600_000);
    assert.equal(labels()[0], 'Containers 1 of 3 · 1 in trouble');
    assert.equal(model.hiddenBy(target), 'stopped');
  });

  it('filters by every word, hides stopped ones and hidden hosts, groups and sorts as told', () => {
    const { fleet } = makeFleet(
      named('web', { created: 1 }),
      named('db', { state: 'exited', exitCode: 0, created: 2, image: 'postgres:16' }),
    );
    const items = (changed: Partial<TreeOptions>) =>
      draw(new TreeModel(fleet, new Incidents(), () => ({ ...options, hidden: new Set(['b/c']), ...changed })))
        .map((line) => line.trim().split(' ')[0] ?? '')
        .filter((label) => ['web', 'db', 'postgres:16', 'lab', 'exited'].includes(label));
    assert.deepEqual(items({}), ['db', 'web']);
    assert.deepEqual(items({ sortBy: 'state' }), ['web', 'db']);
    assert.deepEqual(items({ showStopped: false }), ['web']);
    assert.deepEqual(items({ filter: 'POST db' }), ['db']);
    assert.deepEqual(items({ filter: 'nothing' }), []);
    assert.deepEqual(items({ groupBy: 'image' }).includes('postgres:16'), true);
    assert.deepEqual(items({ hidden: new Set() }).includes('lab'), true);
  });

  it('sorts by state with running ones first, and last what goes or what nobody knows', () => {
    const states = ['odd', 'removing', 'exited', 'running'];
    const { fleet } = makeFleet(...states.map((state) => named(state, { state })));
    const model = new TreeModel(fleet, new Incidents(), () => ({ ...options, sortBy: 'state' }));
    const drawn = draw(model, model.groupNode('a', 'containers')).map((line) => line.split(' ')[0]);
    assert.deepEqual(drawn, ['running', 'exited', 'removing', 'odd']);
  });

  it('draws again just what a change touches', () => {
    const { hosts, fleet } = makeFleet(named('web', project('shop')), named('solo'));
    const model = new TreeModel(fleet, new Incidents(), () => options);
    draw(model);
    const host = hosts.get('a');
    const lists = host?.lists.containers?.items ?? new Map();
    const touched = (...ids: string[]) => {
      const change = { what: 'items', host, kind: 'containers', ids: new Set(ids) } as unknown as Change;
      return model.touched(change)?.map(({ key }) => key.replace(/_{20,}/, ''));
    };
    const solo = named('solo').id;
    assert.deepEqual(touched(solo), [], 'nothing looks different');
    lists.set(solo, named('solo', { state: 'paused' }));
    assert.deepEqual(touched(solo), ['host/a/containers/solo']);
    draw(model);
    lists.set(named('web').id, named('web', { state: 'exited', exitCode: 0, ...project('shop') }));
    assert.deepEqual(touched(named('web').id), ['host/a/cluster/shop', 'host/a/containers/web']);
    draw(model);
    lists.set(named('new').id, named('new'));
    assert.deepEqual(touched(named('new').id), ['host/a/group/containers']);
    assert.equal(model.touched({ what: 'hosts' }), undefined);
  });

  it('arranges a list once for as long as nothing in it changes', () => {
    let asked = 0;
    const many = Array.from({ length: 300 }, (_, index) => {
      const { labels, ...fields } = named(`c${index}`, project(`p${index % 20}`));
      return Object.defineProperty(fields, 'labels', { get: () => asked++ >= 0 && labels }) as Container;
    });
    const { hosts, fleet } = makeFleet(...many);
    const model = new TreeModel(fleet, new Incidents(), () => options);
    draw(model, model.groupNode('a', 'containers'));
    const once = asked;
    assert.ok(once >= 300 && once <= 600, `asked ${once} times`);
    const [first] = many;
    assert.ok(first);
    hosts.get('a')?.lists.containers?.items.set(first.id, first);
    const change = { what: 'items', host: hosts.get('a'), kind: 'containers', ids: new Set([first.id]) };
    model.touched(change as unknown as Change);
    assert.ok(asked <= 2 * once, `one change asked ${asked - once} times`);
  });

  it('pages long groups', () => {
    const { fleet } = makeFleet(...Array.from({ length: 1000 }, (_, index) => named(`c${index}`)));
    const model = new TreeModel(fleet, new Incidents(), () => options);
    const group = model.groupNode('a', 'containers');
    const first = model.children(group);
    assert.equal(first.length, 201);
    assert.equal(model.row(first.at(-1) ?? group).label, 'Show more (800)');
    model.showMore(group.key);
    assert.equal(model.children(group).length, 401);
    const far = model.itemNode('a', 'containers', named('c750').id);
    assert.equal(holds(model.children(group), far), false);
    assert.deepEqual(model.makeRoom(far), [group]);
    assert.equal(holds(model.children(group), far), true);
    assert.deepEqual(model.makeRoom(far), [], 'there is room already');
    assert.deepEqual(model.makeRoom(model.itemNode('a', 'containers', 'nobody')), []);
  });

  it('is open at first where there is little to see, by the number of hosts, and stays so while it grows', () => {
    const { hosts, fleet } = makeFleet(
      ...Array.from({ length: 260 }, (_, index) => named(`web${index}`, project('web'))),
      ...Array.from({ length: 240 }, (_, index) => named(`job${index}`)),
    );
    let shown = options;
    const model = new TreeModel(fleet, new Incidents(), () => shown);
    const open = (...nodes: readonly Node[]) => nodes.map((node) => model.isOpen(node));
    const [containers, images] = [model.groupNode('a', 'containers'), model.groupNode('a', 'images')];
    draw(model);
    assert.deepEqual(open(model.hostNode('a'), containers, images), [true, true, false], 'a thousand on two hosts');
    hosts.get('a')?.lists.containers?.items.set(named('more').id, named('more'));
    assert.equal(model.row(containers).description, '501');
    assert.deepEqual(open(containers), [true]);
    for (const filter of ['nothing', '']) {
      shown = filter === '' ? options : { ...options, filter };
      draw(model);
    }
    assert.deepEqual(open(containers), [true], 'also after a filter that took it away');
    const later = new TreeModel(fleet, new Incidents(), () => options);
    assert.equal(later.isOpen(containers), false);
    const [web, job] = later.children(containers);
    assert.deepEqual(web && later.isOpen(web), true);
    assert.deepEqual(job && later.isOpen(job), undefined);
    const alone = new TreeModel(fleet, new Incidents(), () => ({ ...options, hidden: new Set(['b/c']) }));
    assert.equal(alone.isOpen(containers), true);
  });

  it('comes back from a filter as a person left it, and each filter shows what matches', () => {
    const { fleet } = makeFleet(...Array.from({ length: 900 }, (_, index) => named(`c${index}`)));
    let shown = options;
    const model = new TreeModel(fleet, new Incidents(), () => shown);
    const group = (kind: 'containers' | 'images' = 'containers') => model.groupNode('a', kind);
    const open = () => [model.hostNode('a'), group(), group('images')].map((node) => model.isOpen(node));
    const filter = (text: string) => {
      shown = text === '' ? options : { ...options, filter: text };
      draw(model);
    };
    draw(model);
    assert.deepEqual(open(), [true, false, false]);
    model.setOpen(group(), true);
    model.setOpen(group('images'), true);
    model.showMore(group().key);
    assert.equal(model.children(group()).length, 401);
    filter('c49');
    assert.deepEqual(open(), [true, true, true]);
    assert.equal(model.row(group()).description, '11 of 900');
    model.setOpen(group(), false);
    filter('c4');
    assert.deepEqual(open(), [true, true, true]);
    filter('c49');
    assert.deepEqual(open(), [true, true, true], 'what was done to an earlier filter is over');
    filter('c');
    assert.deepEqual(open(), [true, false, true], 'there are 1800 of them');
    filter('');
    assert.deepEqual(open(), [true, true, true]);
    assert.equal(model.children(group()).length, 401);
  });

  it('tells which containers are in sight', () => {
    const { fleet } = makeFleet(named('web', project('shop')), named('solo'));
    const model = new TreeModel(fleet, new Incidents(), () => options);
    const open = () => model.openContainers().map(({ host, id }) => `${host} ${id.replaceAll('_', '')}`);
    draw(model);
    assert.deepEqual(open(), ['b/c web', 'b/c solo', 'a web', 'a solo']);
    model.setOpen(model.hostNode('b/c'), false);
    const [shop] = model.children(model.groupNode('a', 'containers'));
    assert.ok(shop);
    model.setOpen(shop, false);
    assert.deepEqual(open(), ['a solo']);
    model.setOpen(shop, true);
    assert.deepEqual(open(), ['a web', 'a solo']);
  });

  it('tells what keeps an object out of it', () => {
    const { fleet } = makeFleet(named('web'), named('db', { state: 'exited', exitCode: 0 }));
    const hiddenBy = (changed: Partial<TreeOptions>, name: string) =>
      new TreeModel(fleet, new Incidents(), () => ({ ...options, ...changed })).hiddenBy({
        host: 'a',
        kind: 'containers',
        id: named(name).id,
      });
    assert.equal(hiddenBy({}, 'db'), undefined);
    assert.equal(hiddenBy({ showStopped: false }, 'db'), 'stopped');
    assert.equal(hiddenBy({ showStopped: false }, 'web'), undefined);
    assert.equal(hiddenBy({ filter: 'web' }, 'db'), 'filter');
    assert.equal(hiddenBy({ filter: 'web', hidden: new Set(['a']) }, 'web'), 'host');
    assert.equal(hiddenBy({ filter: 'x' }, 'nobody'), undefined, 'what is not there is not hidden');
  });

  it('says in its group which kind could not be listed', () => {
    const { hosts, fleet } = makeFleet(named('web'));
    Object.assign(hosts.get('a')?.lists.volumes ?? {}, { problem: new Error('The plugin hangs.') });
    const model = new TreeModel(fleet, new Incidents(), () => options);
    assert.deepEqual(draw(model, model.groupNode('a', 'volumes')), ['The plugin hangs.']);
    hosts.get('a')?.lists.volumes?.items.set('data', { name: 'data', driver: 'local', labels: {} });
    assert.deepEqual(draw(model, model.groupNode('a', 'volumes')).length, 2, 'what was known stays');
    assert.deepEqual(draw(model, model.groupNode('a', 'containers')), ['web nginx:1.27']);
  });

  it('says what is wrong with a host in a row, and keeps what was known', () => {
    const { hosts, fleet } = makeFleet(named('web'));
    const host = hosts.get('a');
    assert.ok(host);
    host.state = { kind: 'failed', error: Object.assign(new Error('Nothing listens there.'), { kind: 'unreachable' }) };
    const model = new TreeModel(fleet, new Incidents(), () => options);
    const drawn = draw(model, model.hostNode('a'));
    assert.equal(drawn[0], 'Nothing listens there.');
    assert.equal(drawn[1], 'Containers 1');
    assert.equal(model.row(model.itemNode('a', 'containers', named('web').id)).tone, 'away');
    assert.match(model.row(model.itemNode('a', 'containers', named('web').id)).spoken, /as last seen/);
    assert.match(model.row(model.hostNode('a')).description, /^unreachable/);
    // Another try moves no row and takes nothing back.
    host.state = { kind: 'connecting', after: (host.state as { error: Error }).error };
    assert.deepEqual(draw(model, model.hostNode('a')), drawn);
    assert.match(model.row(model.hostNode('a')).description, /^connecting… · seen/);
  });
});
