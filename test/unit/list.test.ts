import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineError } from '../../src/engine/errors';
import { List, window } from '../../src/fleet/list';

interface Item {
  id: string;
  state: string;
  status: string;
}

/** An engine's list in memory, whose answers wait until the test lets them go. */
class Engine {
  readonly items = new Map<string, Item>();
  readonly requests: string[] = [];
  inFlight = 0;
  mostInFlight = 0;
  hold: Promise<void> = Promise.resolve();
  failure: Error | undefined;

  readonly source = {
    id: ({ id }: Item) => id,
    all: () => this.#answer('all', () => true),
    some: (ids: readonly string[]) => this.#answer(`some ${ids.join()}`, ({ id }) => ids.includes(id)),
    essence: ({ status, ...rest }: Item) => rest,
    lasts: ({ state }: Item) => (state === 'restarting' ? 100 : undefined),
  };

  set(id: string, state: string): void {
    this.items.set(id, { id, state, status: `since ${this.requests.length}` });
  }

  async #answer(name: string, keep: (item: Item) => boolean): Promise<Item[]> {
    this.requests.push(name);
    this.inFlight++;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    const answer = [...this.items.values()].filter(keep).map((item) => ({ ...item }));
    try {
      await this.hold;
      if (this.failure) throw this.failure;
      return answer;
    } finally {
      this.inFlight--;
    }
  }
}

describe('List', function () {
  this.timeout(10_000);
  let engine: Engine;
  let changes: string[][];
  let errors: unknown[];
  let list: List<Item>;
  let end: AbortController;

  beforeEach(() => {
    engine = new Engine();
    changes = [];
    errors = [];
    end = new AbortController();
    list = new List(
      engine.source,
      (ids) => changes.push([...ids].sort()),
      (error) => errors.push(error),
    );
  });
  afterEach(() => end.abort());

  const until = async (condition: () => boolean) => {
    for (let i = 0; !condition(); i++) {
      assert.ok(i < 5000, 'condition not met within 5 s');
      await delay(1);
    }
  };
  const states = () => Object.fromEntries([...list.items].map(([id, { state }]) => [id, state]));

  it('tells an empty list, too', async () => {
    assert.equal(list.known, false);
    await list.open(end.signal);
    assert.equal(list.known, true);
    assert.deepEqual(changes, [[]]);
  });

  it('asks for one touched id at once, with one request', async () => {
    engine.set('a', 'running');
    engine.set('b', 'running');
    await list.open(end.signal);
    engine.set('a', 'paused');
    const at = performance.now();
    list.touch('a');
    await until(() => states().a === 'paused');
    assert.ok(performance.now() - at < window, 'it waited for a window although all was quiet');
    assert.deepEqual(engine.requests, ['all', 'some a']);
    assert.deepEqual(changes.at(-1), ['a']);
  });

  it('coalesces a burst into one request per window, never two in flight', async () => {
    for (let i = 0; i < 100; i++) engine.set(`c${i}`, 'running');
    await list.open(end.signal);
    for (let i = 0; i < 100; i++) {
      engine.set(`c${i}`, 'exited');
      list.touch(`c${i}`);
      if (i % 10 === 0) await delay(5);
    }
    await until(() => Object.values(states()).every((state) => state === 'exited'));
    assert.ok(engine.requests.length <= 5, `${engine.requests.length} requests`);
    assert.equal(engine.mostInFlight, 1);
  });

  it('takes an item that is not in the answer as gone', async () => {
    engine.set('a', 'running');
    await list.open(end.signal);
    engine.items.delete('a');
    list.touch('a');
    await until(() => list.items.size === 0);
    assert.deepEqual(changes.at(-1), ['a']);
  });

  it('drops without a request, also what an answer in flight still holds', async () => {
    engine.set('a', 'running');
    engine.set('b', 'running');
    await list.open(end.signal);
    let release = () => {};
    engine.hold = new Promise((resolve) => {
      release = resolve;
    });
    list.touch('a');
    await until(() => engine.inFlight === 1);
    list.drop('a');
    list.drop('b');
    release();
    await until(() => engine.inFlight === 0);
    await delay(window + 10);
    assert.deepEqual(states(), {});
    assert.deepEqual(engine.requests, ['all', 'some a']);
  });

  it('asks again for what the engine announced before its list knew', async () => {
    engine.set('a', 'running');
    await list.open(end.signal);
    list.touch('a', (item) => item?.state === 'exited');
    await until(() => engine.requests.length === 2);
    engine.set('a', 'exited');
    // An event with no expectation of its own must not end the wait.
    list.touch('a');
    await until(() => states().a === 'exited');
    assert.ok(engine.requests.length <= 4);
  });

  it('goes on waiting for what an event announced where the next one comes before its answer', async () => {
    engine.set('a', 'running');
    await list.open(end.signal);
    let release = () => {};
    engine.hold = new Promise((resolve) => {
      release = resolve;
    });
    list.touch('a', (item) => item?.state === 'exited');
    await until(() => engine.inFlight === 1);
    list.touch('a');
    release();
    await until(() => engine.requests.length === 3 && engine.inFlight === 0);
    engine.set('a', 'exited');
    await until(() => states().a === 'exited');
  });

  it('asks once more for what is being taken down, unless that is gone by then', async () => {
    engine.set('a', 'running');
    engine.set('b', 'running');
    await list.open(end.signal);
    for (const id of ['a', 'b']) {
      engine.set(id, 'exited');
      list.touch(id, (item) => item?.state === 'exited', true);
    }
    await until(() => states().a === 'exited' && states().b === 'exited');
    engine.set('a', 'exited, without its ports');
    list.drop('b');
    await until(() => states().a === 'exited, without its ports');
    assert.deepEqual(engine.requests.slice(2), ['some a']);
  });

  it('lists once more where something goes on changing', async () => {
    await list.open(end.signal);
    list.reload(true);
    list.reload(true);
    await until(() => engine.requests.length === 2);
    engine.set('a', 'running');
    await until(() => 'a' in states());
    assert.deepEqual(engine.requests, ['all', 'all', 'all']);
    list.reload(true);
    end.abort();
    await delay(1100);
    assert.equal(engine.requests.length, 3, 'not after its end');
  });

  it('asks for what can not stay as it is when no event has come, once each time', async () => {
    engine.set('a', 'running');
    engine.set('b', 'restarting');
    await list.open(end.signal);
    engine.set('b', 'exited');
    await until(() => states().b === 'exited');
    engine.set('a', 'restarting');
    list.touch('a');
    await until(() => states().a === 'restarting');
    engine.set('a', 'running');
    list.touch('a');
    await until(() => states().a === 'running');
    await delay(150);
    assert.deepEqual(engine.requests, ['all', 'some b', 'some a', 'some a']);
  });

  it('gives up on an expectation that never comes true', async function () {
    this.timeout(8000);
    engine.set('a', 'running');
    await list.open(end.signal);
    list.touch('a', () => false);
    await until(() => engine.requests.length >= 3);
    end.abort();
    const count = engine.requests.length;
    await delay(4 * window);
    assert.equal(engine.requests.length, count, 'it asked on after its end');
  });

  it('says nothing where nothing but the status text changed', async () => {
    engine.set('a', 'running');
    await list.open(end.signal);
    const before = changes.length;
    engine.set('a', 'running');
    assert.deepEqual(await list.reconcile(), []);
    assert.equal(changes.length, before);
  });

  it('finds and mends by reconciliation what no event told', async () => {
    engine.set('a', 'running');
    await list.open(end.signal);
    engine.set('a', 'exited');
    engine.set('b', 'created');
    assert.deepEqual((await list.reconcile()).sort(), ['a', 'b']);
    assert.deepEqual(states(), { a: 'exited', b: 'created' });
    assert.deepEqual(changes.at(-1), ['a', 'b']);
  });

  it('keeps what is due when a request fails, and asks for it after reopening', async () => {
    engine.set('a', 'running');
    await list.open(end.signal);
    engine.failure = new EngineError('unreachable', 'gone');
    engine.set('a', 'exited');
    list.touch('a');
    await until(() => errors.length === 1);
    assert.deepEqual(states(), { a: 'running' });
    assert.equal(list.problem, engine.failure);
    engine.failure = undefined;
    const next = new AbortController();
    await list.open(next.signal);
    assert.deepEqual(states(), { a: 'exited' });
    assert.equal(list.problem, undefined);
    next.abort();
  });

  const keepsWhatIsDue = async (cut: () => void) => {
    for (const id of ['a', 'b', 'c']) engine.set(id, 'running');
    await list.open(end.signal);
    let go = () => {};
    engine.hold = new Promise((resolve) => {
      go = resolve;
    });
    for (const id of ['a', 'b', 'c']) list.touch(id, (item) => item?.state === 'exited');
    list.reload();
    await until(() => engine.inFlight === 1);
    list.touch('b', (item) => item?.state === 'running');
    list.drop('c');
    cut();
    go();
    await until(() => engine.inFlight === 0);
    end.abort();
    end = new AbortController();
    engine.failure = undefined;
    engine.items.delete('c');
    await list.open(end.signal);
    const asked = engine.requests.length;
    engine.set('a', 'exited');
    await until(() => states().a === 'exited');
    assert.deepEqual(states(), { a: 'exited', b: 'running' });
    assert.deepEqual(engine.requests.slice(asked), ['some a'], 'no more than what no list has shown yet');
  };

  it('keeps what is due when a whole list fails', () =>
    keepsWhatIsDue(() => {
      engine.failure = new EngineError('unreachable', 'gone');
    }));

  it('keeps what is due when a whole list is cut off', () => keepsWhatIsDue(() => end.abort()));

  it('tries again what failed while its connection goes on, and tells when that is over', async () => {
    engine.set('a', 'running');
    await list.open(end.signal);
    engine.failure = new EngineError('server', 'The plugin hangs.');
    engine.set('b', 'running');
    list.touch('b');
    await until(() => errors.length === 1);
    assert.equal(list.problem, engine.failure);
    engine.failure = undefined;
    await until(() => 'b' in states());
    assert.equal(list.problem, undefined);
    assert.deepEqual(engine.requests, ['all', 'some b', 'some b']);
    // A failure that ends without a difference is told, too: a row may say what is wrong.
    engine.failure = new EngineError('server', 'The plugin hangs.');
    list.reload();
    await until(() => errors.length === 2);
    engine.failure = undefined;
    changes.length = 0;
    list.refresh();
    await until(() => list.problem === undefined);
    assert.deepEqual(changes, [[]], 'at once, since somebody asked');
  });

  it('takes what was to be asked later along to the next connection', async () => {
    engine.set('a', 'running');
    await list.open(end.signal);
    list.touch('a', undefined, true);
    await until(() => engine.requests.length === 2);
    end.abort();
    end = new AbortController();
    await list.open(end.signal);
    engine.set('a', 'exited');
    await until(() => states().a === 'exited');
    assert.deepEqual(engine.requests, ['all', 'some a', 'all', 'some a']);
  });

  it('never has two requests in flight, not when it is opened anew either', async () => {
    await list.open(end.signal);
    let go = () => {};
    engine.hold = new Promise((resolve) => {
      go = resolve;
    });
    list.reload();
    await until(() => engine.inFlight === 1);
    end.abort();
    end = new AbortController();
    const opening = list.open(end.signal);
    list.touch('a');
    go();
    await opening;
    await delay(2 * window);
    assert.equal(engine.mostInFlight, 1);
  });

  it('blames no event that was on its way while it reconciled', async () => {
    engine.set('a', 'running');
    await list.open(end.signal);
    engine.set('a', 'exited');
    engine.set('b', 'running');
    engine.set('c', 'running');
    const reconciling = list.reconcile();
    await until(() => 'b' in states());
    list.touch('b');
    list.touch('a');
    assert.deepEqual(await reconciling, ['c']);
  });

  it('does not report what its own end interrupts', async () => {
    engine.set('a', 'running');
    await list.open(end.signal);
    engine.failure = new DOMException('ended', 'AbortError');
    list.touch('a');
    await until(() => engine.requests.length === 2 && engine.inFlight === 0);
    await delay(1);
    assert.deepEqual(errors, []);
  });
});
