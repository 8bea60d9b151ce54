import assert from 'node:assert/strict';
import { EngineError, type ErrorKind } from '../../src/engine/errors';
import { PullProgress } from '../../src/engine/progress';
import { itMeets } from './vectors';

const fed = (...messages: unknown[]) => {
  const progress = new PullProgress();
  for (const message of messages) progress.add(message);
  return progress;
};
const layer = (id: string, status: string, current?: number, total?: number) => ({
  id,
  status,
  progressDetail: current === undefined ? {} : { current, total },
});
const fails = (act: () => unknown, kind: ErrorKind, message: string | RegExp) =>
  assert.throws(act, (error) => {
    assert.ok(error instanceof EngineError);
    assert.equal(error.kind, kind);
    assert.match(error.message, typeof message === 'string' ? new RegExp(`^${message}$`) : message);
    return true;
  });

const start = { status: 'Pulling from demo/big', id: '1' };
const end = [
  { status: 'Digest: sha256:1893' },
  { status: 'Status: Downloaded newer image for 127.0.0.1:5000/demo/big:1' },
];

describe('a pull', () => {
  it('adds up its layers in bytes', () => {
    const progress = fed(
      start,
      layer('a', 'Pulling fs layer'),
      layer('b', 'Pulling fs layer'),
      layer('c', 'Already exists'),
      layer('a', 'Downloading', 100, 1000),
      layer('b', 'Waiting'),
      layer('a', 'Downloading', 600, 1000),
    );
    assert.deepEqual(progress.layers, [
      { id: 'a', status: 'Downloading', current: 600, total: 1000 },
      { id: 'b', status: 'Waiting', current: 0, total: 0 },
      { id: 'c', status: 'Already exists', current: 0, total: 0 },
    ]);
    assert.deepEqual(progress.bytes, { current: 600, total: 1000 });
    progress.add(layer('b', 'Downloading', 10, 500));
    progress.add(layer('a', 'Verifying Checksum'));
    assert.deepEqual(progress.bytes, { current: 1010, total: 1500 });
    progress.add(layer('a', 'Extracting', 32, 1000));
    progress.add(layer('b', 'Pull complete'));
    assert.deepEqual(progress.bytes, { current: 1500, total: 1500 });
  });

  it("counts no seconds as bytes, as containerd's store tells them", () => {
    const progress = fed(
      start,
      layer('a', 'Downloading', 1048576, 2097947),
      { id: 'a', status: 'Download complete', progressDetail: { hidecounts: true } },
      { id: 'a', status: 'Extracting', progressDetail: { current: 1, units: 's' } },
    );
    assert.deepEqual(progress.bytes, { current: 2097947, total: 2097947 });
  });

  it('takes no number that can be none', () => {
    const progress = fed(
      layer('a', 'Downloading', -5, -1),
      layer('b', 'Downloading', 50, 40),
      layer('c', 'Downloading', Number.POSITIVE_INFINITY, 1e300),
      layer('d', 'Downloading', 7),
    );
    assert.deepEqual(
      progress.layers.map(({ current, total }) => [current, total]),
      [
        [0, 0],
        [40, 40],
        [0, 0],
        [7, 0],
      ],
    );
  });

  it('is complete once the engine says so', () => {
    assert.deepEqual(fed(start, layer('a', 'Pull complete'), ...end).end(), {
      status: 'Downloaded newer image for 127.0.0.1:5000/demo/big:1',
      digest: 'sha256:1893',
    });
    const warned = fed(start, { status: 'Status: Image is up to date for x:1' }, { status: 'WARNING: its platform' });
    assert.deepEqual(warned.end(), { status: 'Image is up to date for x:1' });
  });

  it('is no success where it ends earlier', () => {
    for (const messages of [
      [],
      [start],
      [start, layer('a', 'Downloading', 1, 2)],
      [start, layer('a', 'Download complete'), layer('a', 'Pull complete')],
      [start, layer('a', 'Pull complete'), end[0]],
      [{ status: 'ok' }],
      ['text', null, 1, []],
    ]) {
      fails(() => fed(...messages).end(), 'protocol', /ended before the engine said/);
    }
  });

  it('is complete on Podman once it completes the image itself', () => {
    const layers = [layer('a', 'Pulling fs layer'), layer('a', 'Download complete'), layer('b', 'Already exists')];
    const image = [layer('i', 'Pulling fs layer'), layer('i', 'Download complete')];
    assert.deepEqual(fed(...layers, ...image, layer('i', 'Download complete')).end(), {
      status: 'Download complete',
    });
    fails(() => fed(...layers, ...image).end(), 'protocol', /ended before/);
  });

  it("fails with the engine's words, and the kind that its code tells", () => {
    fails(
      () => fed(start, { errorDetail: { message: 'no space left' }, error: 'older words' }),
      'server',
      'no space left',
    );
    fails(() => fed({ error: 'only the older form' }), 'server', 'only the older form');
    fails(() => fed({ errorDetail: { code: 401, message: 'log in' } }), 'denied', 'log in');
    fails(() => fed({ errorDetail: { code: 404, message: 'gone' } }), 'notFound', 'gone');
    fails(() => fed({ errorDetail: { code: 1, message: 'exit 1' } }), 'server', 'exit 1');
    fails(() => fed({ errorDetail: {} }), 'server', /gives no reason/);
    fails(() => fed(...end, { errorDetail: { message: 'late' } }), 'server', 'late');
    assert.doesNotThrow(() => fed({ errorDetail: null, error: '' }));
  });

  it('refuses an endless list of layers', () => {
    const progress = new PullProgress();
    fails(
      () => {
        for (let id = 0; id < 20_000; id++) progress.add(layer(String(id), 'Waiting'));
      },
      'protocol',
      /more than 10000 layers/,
    );
  });

  itMeets<{ message?: unknown; error?: string }>(
    'json-stream.json',
    'message to terminal text',
    ({ message, error }) => {
      if (error === undefined) assert.doesNotThrow(() => fed(message));
      else fails(() => fed(message), 'denied', error);
    },
  );

  // moby's client takes any end for a success; engines end a pull with a status line.
  itMeets<{ stream: string }>('json-stream.json', 'pull stream wait', ({ stream }) => {
    fails(() => fed(JSON.parse(stream)).end(), 'protocol', /ended before/);
  });

  itMeets<{ progress: { current?: number; total?: number; units?: string }; short: string }>(
    'json-stream.json',
    'progress rendering',
    ({ progress, short }) => {
      const [one] = fed({ id: 'a', status: 'Downloading', progressDetail: progress }).layers;
      // Bytes only, and a layer that is larger than was said counts as complete.
      const shown = /^ *(\d+)B(?:\/(\d+)B)?$/.exec(short);
      const { current = 0, total = 0 } = progress;
      assert.deepEqual(
        [one?.current, one?.total],
        shown ? [total ? Math.min(current, total) : current, total] : [0, 0],
      );
    },
  );
});
