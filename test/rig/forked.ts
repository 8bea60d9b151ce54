import { fork, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import { currentRun } from './owned';

/** A module that runs in a process of its own, which ends with this one's run at the latest. */
export interface Forked<Ready> {
  /** The first message that it sent. */
  readonly ready: Ready;
  send(message: Serializable): void;
  stop(): Promise<void>;
}

/** Runs a module in a process of its own and waits for its first message. */
export async function startForked<Ready>(module: string, args: readonly string[] = []): Promise<Forked<Ready>> {
  const child = fork(module, args, { env: currentRun().env });
  const ended = once(child, 'exit');
  const failed = ended.then(([code]) => {
    throw new Error(`${module} ended with ${code}`);
  });
  const [ready] = (await Promise.race([once(child, 'message'), failed])) as [Ready];
  return {
    ready,
    send: (message) => void child.send(message),
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
