// Run by replayed.ts in a process of its own: so many engines that answer with what a file of JSON holds, by path. The
// message that it sends are their ports.
import { readFileSync } from 'node:fs';
import { serveEngine } from './engineServer';

const [file = '', count] = process.argv.slice(2);
const lists = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>;
const serve = () => serveEngine(({ pathname }) => lists[pathname] ?? '[]');
void Promise.all(Array.from({ length: Number(count) }, serve)).then((ports) => process.send?.(ports));
