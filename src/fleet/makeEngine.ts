import { wayTo } from '../engine/dialers';
import { parseEndpoint } from '../engine/endpoint';
import { Engine } from '../engine/http';
import type { Prompts } from '../engine/prompts';
import type { Turns } from '../engine/turns';
import type { HostConfig } from './config';
import { type Approve, guard } from './guard';

/** What the client of a host needs of its surroundings. */
export interface Surroundings {
  readonly approve: Approve;
  readonly prompts: Prompts;
  /** The user's ssh, where it isn't simply `ssh`. */
  readonly sshProgram?: string;
  readonly log: (line: string) => void;
  /** Shared by all hosts. */
  readonly turns: Turns;
}

/** The client of a host, as its settings say. Connects at its first request. */
export function makeEngine(config: HostConfig, surroundings: Surroundings): Engine {
  const { approve, prompts, sshProgram, log, turns } = surroundings;
  const { name, tls } = config;
  const { dialer, ...where } = wayTo(parseEndpoint(config.endpoint), {
    name,
    prompts,
    ...(tls ? { tls } : {}),
    ...(sshProgram ? { ssh: { program: sshProgram } } : {}),
  });
  return new Engine(dialer, { ...where, guard: guard(config, approve), log, turns });
}
