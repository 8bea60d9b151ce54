import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A port that swallows every attempt to connect (the SYN gets no answer), as a firewall that drops does. */
export interface SilentPort {
  readonly port: number;
  stop(): Promise<void>;
}

const program = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    process.stdout.write(server.address().port + '\\n');
  });
`;

/**
 * A listener whose process is stopped: what its queue holds is never taken, and once that is full the kernel drops
 * further SYNs.
 */
export async function startSilentPort(): Promise<SilentPort> {
  const child: ChildProcess = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  const port = Number(line.toString());
  child.kill('SIGSTOP');
  const fillers: net.Socket[] = [];
  for (let quiet = false; !quiet; ) {
    const filler = net.connect(port, '127.0.0.1');
    filler.on('error', () => {});
    fillers.push(filler);
    quiet = await Promise.race([once(filler, 'connect').then(() => false), sleep(300).then(() => true)]);
  }
  return {
    port,
    stop: async () => {
      process.off('exit', end);
      for (const filler of fillers) filler.destroy();
      end();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
