import { type Dialer, socketDialer } from './dial';
import { authorityOf, type Endpoint } from './endpoint';
import type { Prompts } from './prompts';
import { sshDialer } from './ssh';
import type { SshOptions } from './sshProcess';
import { type TlsFiles, tlsDialer } from './tls';

/** What reaching an engine takes beside its endpoint. */
export interface DialOptions {
  /** The host's name, as questions to the person call it. */
  readonly name: string;
  readonly prompts: Prompts;
  readonly tls?: TlsFiles;
  readonly ssh?: Pick<SshOptions, 'program' | 'flags' | 'perStream'>;
}

/** The way to an engine, and what its requests say about where they go. */
export interface Way {
  readonly dialer: Dialer;
  /** For the Host header; left out where no name of a machine is part of the way. */
  readonly authority?: string;
  readonly basePath?: string;
}

/** The way that an endpoint names. TLS is spoken where it is asked for, never guessed from a port. */
export function wayTo(endpoint: Endpoint, { name, prompts, tls, ssh }: DialOptions): Way {
  switch (endpoint.scheme) {
    case 'unix':
    case 'npipe':
      return { dialer: socketDialer({ path: endpoint.path }) };
    case 'ssh':
      return { dialer: sshDialer(endpoint, { name, prompts, ...ssh }) };
    case 'tcp': {
      const { hostname: host, port, basePath, secure } = endpoint;
      const secured = tls ?? (secure ? {} : undefined);
      const dialer = secured ? tlsDialer({ host, port }, secured, prompts) : socketDialer({ host, port });
      // The zone of an address is this machine's own business.
      return { dialer, authority: authorityOf({ hostname: host.replace(/%.*$/, ''), port }), basePath };
    }
  }
}
