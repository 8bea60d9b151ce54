import { isLoopback, parseEndpoint } from '../engine/endpoint';
import type { ErrorKind } from '../engine/errors';
import type { HostConfig } from '../fleet/config';
import type { Host } from '../fleet/host';
import { sanitise } from '../fleet/sanitise';
import { formatMoment } from './ages';
import { grey, type Icon, joined, orange, type Row, red, yellow } from './row';

/**
 * The row of a host: how it is reached while it is well, what is wrong while it isn't, what is dangerous about it, and
 * how many of its containers are in trouble.
 */
export function hostRow(host: Host, troubled: number): Row {
  const { config, state } = host;
  const danger = dangerOf(config);
  const access = { full: '', confirm: 'asks before changes', readOnly: 'read-only' }[config.access];
  const lasting = config.problem === undefined ? [danger?.short ?? '', access] : [];
  const trouble = troubleWords(troubled);
  // A long endpoint must not push it out of sight.
  const parts = state.kind === 'ready' ? [trouble, ...stateParts(host)] : [...stateParts(host), trouble];
  const description = joined(...parts, ...lasting);
  return {
    label: sanitise(host.name),
    description: sanitise(description),
    icon: hostIcon(host, danger !== undefined),
    contextValue: hostWords(host),
    spoken: sanitise(`host ${host.name}, ${state.kind === 'ready' ? 'connected, ' : ''}${description}`),
  };
}

/** How many containers below are in trouble; '' for none. */
export function troubleWords(count: number): string {
  return count === 0 ? '' : `${count} in trouble`;
}

function stateParts(host: Host): string[] {
  const { config, state } = host;
  switch (state.kind) {
    case 'held':
      return ['not allowed yet'];
    case 'connecting':
      return ['connecting…', seenWords(host)];
    case 'failed':
      if (config.problem !== undefined) return ['can not be used'];
      return [failures[state.error.kind] ?? 'failed', seenWords(host)];
    default:
      return [config.endpoint];
  }
}

function seenWords({ seenAt }: Host): string {
  return seenAt === undefined ? '' : `seen ${formatMoment(seenAt)}`;
}

const failures: Readonly<Partial<Record<ErrorKind, string>>> = {
  unreachable: 'unreachable',
  timeout: 'does not answer',
  denied: 'access denied',
  protocol: 'not a Docker engine',
  server: 'engine error',
};

function hostIcon({ state, config }: Host, dangerous: boolean): Icon {
  if (config.problem !== undefined) return { name: 'error', color: red };
  switch (state.kind) {
    case 'held':
      return { name: 'shield', color: yellow };
    case 'connecting':
      return { name: 'loading~spin' };
    case 'failed':
      return { name: 'debug-disconnect', color: red };
    case 'idle':
      return { name: 'vm-outline', color: grey };
    case 'ready':
      return dangerous ? { name: 'unlock', color: orange } : { name: 'vm' };
  }
}

function hostWords({ state, config }: Host): string {
  if (config.problem !== undefined) return 'host broken';
  if (state.kind === 'held') return 'host held';
  return `host usable${config.access === 'readOnly' ? ' readOnly' : ''} ${state.kind === 'failed' ? 'retriable' : 'refreshable'}`;
}

/** Why a host is a danger to have, as a mark and as a sentence; undefined where it isn't. */
export function dangerOf(config: HostConfig): { short: string; sentence: string } | undefined {
  if (config.problem !== undefined) return undefined;
  const endpoint = parseEndpoint(config.endpoint);
  if (config.tls?.verify === false) {
    return {
      short: 'not verified',
      sentence: "The engine's certificate is not verified (tls.verify is false): anyone on the way can pose as it.",
    };
  }
  if (endpoint.scheme !== 'tcp' || endpoint.secure || config.tls || isLoopback(endpoint)) return undefined;
  return {
    short: 'unencrypted',
    sentence: 'Plain tcp: anyone on its network has root on that machine. Use ssh:// or TLS.',
  };
}
