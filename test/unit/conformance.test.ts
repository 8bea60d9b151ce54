import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  inspectContainer,
  killContainer,
  listContainers,
  pauseContainer,
  removeContainer,
  renameContainer,
  restartContainer,
  startContainer,
  stopContainer,
  unpauseContainer,
} from '../../src/engine/containers';
import { socketDialer } from '../../src/engine/dial';
import { EngineError } from '../../src/engine/errors';
import { Engine } from '../../src/engine/http';
import { inspectImage, listImages, removeImage, tagImage } from '../../src/engine/images';
import { listNetworks, removeNetwork } from '../../src/engine/networks';
import { pullImage } from '../../src/engine/pull';
import { parseReference } from '../../src/engine/reference';
import { statusError } from '../../src/engine/response';
import { inspectVolume, listVolumes, removeVolume } from '../../src/engine/volumes';
import { itMeets } from './vectors';

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** Runs something with a client of a server in this process that answers as told; gives the requests that came. */
async function withServer(answer: Handler, use: (engine: Engine) => Promise<unknown>): Promise<string[]> {
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const engine = new Engine(socketDialer({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }));
  try {
    await use(engine);
  } finally {
    await engine.close();
    server.close();
    await once(server, 'close');
  }
  return requests;
}

const answering =
  (bodies: Readonly<Record<string, string>>): Handler =>
  (request, response) => {
    response.setHeader('Api-Version', '1.41').setHeader('Content-Type', 'application/json');
    const path = (request.url ?? '').split('?')[0]?.replace('/v1.41', '') ?? '';
    response.end(bodies[path] ?? '{}');
  };

describe('errors', () => {
  itMeets<{ doc: string; status: number; contentType: string; body: string; expectedError: string }>(
    'http-protocol.json',
    'error bodies',
    ({ doc, status, contentType, body, expectedError }) => {
      const { message, kind } = statusError(status, contentType, body);
      assert.equal(kind, 'invalid', doc);
      const said = expectedError.replace(/^Error response from daemon: /, '');
      // Where moby repeats a page or a parser's complaint, we say what answered, or that it gave no reason.
      if (/html/.test(doc)) assert.match(message, /web page \("502 Bad Gateway"\)/);
      else if (/^error reading JSON|provided no error-message/.test(said))
        assert.match(message, /400 and gave no reason/);
      else assert.equal(message, said, doc);
    },
  );

  for (const group of ['answers, no running container needed', 'answers around a running container (in this order)']) {
    itMeets<{ doc: string; status: number; contentType?: string; message?: string }>(
      'daemon-20.10-outcomes.json',
      group,
      ({ doc, status, contentType = '', message }) => {
        if (status < 400 || message === undefined) return;
        const error = statusError(status, contentType, JSON.stringify({ message }));
        const kinds = { 400: 'invalid', 403: 'denied', 404: 'notFound', 409: 'conflict', 500: 'server', 503: 'server' };
        assert.equal(error.kind, kinds[status as keyof typeof kinds], doc);
        assert.equal(error.message, message.trim(), doc);
      },
    );
  }
});

describe('negotiation', () => {
  itMeets<{ headStatus: number; expectedMethods: string[] }>(
    'http-protocol.json',
    'HEAD /_ping falls back to GET',
    async ({ headStatus, expectedMethods }) => {
      const requests = await withServer(
        ({ method }, response) => {
          response.setHeader('Api-Version', '1.30');
          response.statusCode = method === 'HEAD' ? headStatus : 200;
          response.end();
        },
        async (engine) => assert.equal(await engine.version(), '1.30'),
      );
      assert.deepEqual(
        requests,
        expectedMethods.map((method) => `${method} /_ping`),
      );
    },
  );

  it('is repeated once when an engine refuses the version that it offered before', async () => {
    let offered = '1.45';
    const requests = await withServer(
      (request, response) => {
        response.setHeader('Api-Version', offered).setHeader('Content-Type', 'application/json');
        const asked = /^\/v([\d.]+)/.exec(request.url ?? '')?.[1] ?? offered;
        if (asked !== offered) response.statusCode = 400;
        const refusal = `client version ${asked} is too new. Maximum supported API version is ${offered}`;
        response.end(asked === offered ? '[]' : JSON.stringify({ message: refusal }));
      },
      async (engine) => {
        await listContainers(engine);
        offered = '1.41';
        await listContainers(engine);
      },
    );
    assert.deepEqual(
      requests.map((request) => request.split('/').slice(0, 2).join('/').replace('?all=1', '')),
      ['HEAD /_ping', 'GET /v1.45', 'GET /v1.45', 'HEAD /_ping', 'GET /v1.41'],
    );
  });

  it('gives up on an engine that refuses what it offers', async () => {
    const refuse: Handler = (request, response) => {
      response.setHeader('Api-Version', '1.41').setHeader('Content-Type', 'application/json');
      response.statusCode = request.url === '/_ping' ? 200 : 400;
      response.end('{"message":"client version 1.41 is too old. Minimum supported API version is 1.44"}');
    };
    await withServer(refuse, (engine) =>
      assert.rejects(listContainers(engine), (error) => error instanceof EngineError && /too old/.test(error.message)),
    );
  });
});

describe('requests', () => {
  const id = 'c1';
  const never = new AbortController().signal;
  const ours: Readonly<Record<string, (engine: Engine) => Promise<unknown>>> = {
    'ps -a': (engine) => listContainers(engine),
    images: (engine) => listImages(engine),
    'volume ls': (engine) => listVolumes(engine),
    'network ls': (engine) => listNetworks(engine),
    'start c1': (engine) => startContainer(engine, id),
    'stop c1': (engine) => stopContainer(engine, id),
    'restart c1': (engine) => restartContainer(engine, id),
    'kill -s HUP c1': (engine) => killContainer(engine, id, 'HUP'),
    'pause c1': (engine) => pauseContainer(engine, id),
    'unpause c1': (engine) => unpauseContainer(engine, id),
    'rename c1 c2': (engine) => renameContainer(engine, id, 'c2'),
    'rm c1': (engine) => removeContainer(engine, id),
    'rm -f c1': (engine) => removeContainer(engine, id, { force: true }),
    'rm -fv c1': (engine) => removeContainer(engine, id, { force: true, volumes: true }),
    'inspect --type container c1': (engine) => inspectContainer(engine, id),
    'rmi img:1': (engine) => removeImage(engine, 'img:1'),
    'tag img:1 repo:5000/a:b': (engine) => tagImage(engine, 'img:1', { repo: 'repo:5000/a', tag: 'b' }),
    'image inspect img:1': (engine) => inspectImage(engine, 'img:1'),
    'volume rm v1': (engine) => removeVolume(engine, 'v1'),
    'volume inspect v1': (engine) => inspectVolume(engine, 'v1'),
    'pull busybox:1.36': (engine) => pullImage(engine, parseReference('busybox:1.36'), { signal: never }),
    'pull --platform linux/arm64 busybox': (engine) =>
      pullImage(engine, parseReference('busybox'), { signal: never, platform: 'linux/arm64' }),
    'network rm n1': (engine) => removeNetwork(engine, 'n1'),
  };
  const bodies = {
    '/containers/json': '[]',
    '/images/json': '[]',
    '/networks': '[]',
    '/images/create': '{"status":"Status: Downloaded newer image"}\n',
  };

  itMeets<{ argv: string[]; requests: { method: string; path: string; query: [string, string][] }[] }>(
    'docker-cli-requests.json',
    'requests',
    async ({ argv, requests: theirs }) => {
      const run = ours[argv.join(' ')];
      assert.ok(run);
      const sent = (await withServer(answering(bodies), run)).filter((request) => !request.endsWith('/_ping'));
      const expected = theirs.at(-1);
      assert.ok(expected);
      const url = new URL(`http://x${(sent[0] ?? '').split(' ')[1]}`);
      const query = [...url.searchParams].sort(([a], [b]) => (a < b ? -1 : 1));
      assert.deepEqual(
        { count: sent.length, method: sent[0]?.split(' ')[0], path: decodeURIComponent(url.pathname), query },
        { count: 1, method: expected.method, path: decodeURIComponent(expected.path), query: expected.query },
        argv.join(' '),
      );
      seen.add(argv.join(' '));
    },
    ({ argv }) => argv.join(' ') in ours,
  );
  const seen = new Set<string>();

  after(() => {
    if (seen.size > 0) assert.deepEqual([...seen].sort(), Object.keys(ours).sort(), 'some were not among the captures');
  });
});
