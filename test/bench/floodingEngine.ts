// Run by flooder.ts in a process of its own: an engine on which as much happens as the last message says, in events a
// second. Its lists are true to them. The first message that it sends is its port.
import type { ServerResponse } from 'node:http';
import { serveEngine } from './engineServer';

/** Containers that stay; the others run until so many more have come, and are removed after as many again. */
const [staying, brief] = [500, 100];

const containers = new Map<string, object>();
const followers = new Set<ServerResponse>();
const epoch = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
let perSecond = 0;

/** A container every few events: created and started, then killed or ended by itself, well or badly, and removed. */
function* happenings(): Generator<string, never> {
  for (let n = 0; n < staying; n++) become(n, 'running');
  for (let n = staying; ; n++) {
    become(n, 'created');
    yield event('create', n);
    become(n, 'running');
    yield event('start', n);
    const [ending, leaving] = [n - brief, n - 2 * brief];
    if (ending >= staying) {
      const exitCode = ['0', '1', '137', '137'][ending % 4] ?? '';
      if (exitCode === '137') yield event('kill', ending, { signal: '9' });
      become(ending, 'exited');
      yield event('die', ending, { exitCode });
    }
    if (leaving >= staying) {
      containers.delete(idOf(leaving));
      yield event('destroy', leaving);
    }
    yield event('update', n % staying);
  }
}

function idOf(n: number): string {
  return n.toString(16).padStart(64, '0');
}

function become(n: number, State: string): void {
  containers.set(idOf(n), {
    Id: idOf(n),
    Names: [`/web${n}`],
    Image: 'demo/web:1.0',
    Labels: n < staying ? { 'com.docker.compose.project': `project${n % 20}` } : {},
    State,
  });
}

function event(Action: string, n: number, more: object = {}): string {
  const Actor = { ID: idOf(n), Attributes: { image: 'demo/web:1.0', name: `web${n}`, ...more } };
  const time = epoch + process.hrtime.bigint();
  return `${JSON.stringify({ Type: 'container', Action, Actor }).slice(0, -1)},"timeNano":${time}}\n`;
}

function list({ pathname, searchParams }: URL): string {
  if (pathname === '/volumes') return '{"Volumes":[]}';
  if (pathname !== '/containers/json') return '[]';
  const { id } = JSON.parse(searchParams.get('filters') ?? '{}') as { id?: string[] };
  return JSON.stringify(id ? id.flatMap((each) => containers.get(each) ?? []) : [...containers.values()]);
}

const happening = happenings();
let [due, before] = [0, performance.now()];
setInterval(() => {
  const now = performance.now();
  due += ((now - before) / 1000) * perSecond;
  before = now;
  let lines = '';
  for (; due >= 1; due--) lines += happening.next().value;
  for (const follower of followers) follower.write(lines);
}, 10);

process.on('message', (message) => {
  perSecond = Number(message);
});
void serveEngine(list, (events) => {
  followers.add(events);
  events.once('close', () => followers.delete(events));
}).then((port) => process.send?.(port));
