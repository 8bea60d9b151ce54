import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** An engine that floods whoever follows its events, in a thread of its own. */
export interface Flooder {
  readonly port: number;
  /** So many events a second from now on. */
  flood(perSecond: number): void;
  stop(): Promise<void>;
}

const program = `
const http = require('node:http');
const { parentPort } = require('node:worker_threads');
const followers = new Set();
let perSecond = 0;
let sent = 0;
const server = http.createServer((request, response) => {
  response.setHeader('Api-Version', '1.41');
  response.setHeader('Content-Type', 'application/json');
  const path = request.url.replace(/^\\/v1\\.\\d+/, '');
  if (path.startsWith('/events')) {
    response.flushHeaders();
    followers.add(response);
    response.once('close', () => followers.delete(response));
  } else if (path.startsWith('/volumes')) response.end('{"Volumes":[]}');
  else response.end(path.startsWith('/_ping') ? 'OK' : '[]');
});
const event = () => JSON.stringify({
  Type: 'container',
  Action: 'update',
  Actor: { ID: String(sent % 500).padStart(64, 'f'), Attributes: { image: 'demo/web:1.0', name: 'web' } },
  timeNano: ++sent,
}) + '\\n';
setInterval(() => {
  if (perSecond === 0) return;
  const lines = Array.from({ length: perSecond / 100 }, event).join('');
  for (const follower of followers) follower.write(lines);
}, 10);
parentPort.on('message', (message) => { perSecond = message; });
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** Starts it on a free port of 127.0.0.1, quiet at first. */
export async function startFlooder(): Promise<Flooder> {
  const worker = new Worker(program, { eval: true });
  const [port] = (await once(worker, 'message')) as [number];
  return {
    port,
    flood: (perSecond) => worker.postMessage(perSecond),
    stop: async () => {
      await worker.terminate();
    },
  };
}
