import { type Engine, type EngineVersion, startEngine } from './engine';

const started = new Map<EngineVersion, Promise<Engine>>();

/**
 * The engine of a series that all tests of this process share: started at first use, and gone with the process.
 * Who changes what others could see (kill, restart, swarm) starts one of their own with startEngine.
 */
export function engine(version: EngineVersion = '20.10'): Promise<Engine> {
  const running = started.get(version) ?? startEngine({ version });
  started.set(version, running);
  return running;
}
