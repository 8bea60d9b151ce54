import path from 'node:path';
import { startForked } from '../rig/forked';

/** An engine that floods whoever follows its events, in a process of its own. */
export interface Flooder {
  readonly port: number;
  /** So many events a second from now on. */
  flood(perSecond: number): void;
  stop(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1, quiet at first. */
export async function startFlooder(): Promise<Flooder> {
  const { ready, send, stop } = await startForked<number>(path.join(__dirname, 'floodingEngine.ts'));
  return { port: ready, flood: send, stop };
}
