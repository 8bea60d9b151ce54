import type { Readable } from 'node:stream';
import { EngineError, type ErrorKind } from './errors';
import type { Turns } from './turns';

/** The most that is kept of an error's body, in bytes (as moby's client). */
export const maxErrorBytes = 1 << 20;

/**
 * No engine has nearly as much to tell: 10 000 containers with generous labels hold a million values, in 32 MiB. As much
 * text of `{},{},…` would hold up every host for seconds and fill memory with many times its size.
 */
const maxValues = 1_000_000;

/** Bodies of more bytes take their turn: decoded in a row, the lists of fifty hosts keep the thread for half a second. */
const longBody = 64 << 10;

/**
 * The whole body, or `protocol` once it is longer than `limit` bytes: a hostile engine must not fill memory. A long one
 * waits for its turn, where there are `turns`, and is given within it.
 */
export async function readBody(body: Readable, limit: number, turns?: Turns): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) {
      body.destroy();
      throw new EngineError('protocol', `The answer is longer than ${limit >> 20} MiB; it was cut off.`);
    }
    chunks.push(chunk);
  }
  if (size > longBody) await turns?.next();
  return (chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size)).toString();
}

/** A JSON body, or `protocol`, also for one of more than a million values. */
export function parseJson(text: string): unknown {
  if (isSwarm(text)) throw new EngineError('protocol', 'The answer holds more than any Docker engine has to tell.');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EngineError('protocol', `The answer is ${describe(text)}, not the JSON of a Docker engine.`, { cause });
  }
}

/** Each value but the first comes right after one of these signs; those inside of strings may be counted, too. */
function isSwarm(text: string): boolean {
  if (text.length <= maxValues) return false;
  let signs = 0;
  for (const sign of ',[{') {
    for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + 1)) {
      if (++signs > maxValues) return true;
    }
  }
  return false;
}

/** The error behind a status outside 2xx and 304, with the engine's own words where it gave any. */
export function statusError(status: number, contentType: string, body: string): EngineError {
  if (body.trim() === 'Client sent an HTTP request to an HTTPS server.') {
    return new EngineError('protocol', 'This engine wants TLS: name its files in "tls", or write https://.', {
      status,
    });
  }
  const said = message(contentType, body);
  return new EngineError(kindOf(status), said ?? `The engine answered ${status} and gave no reason.`, { status });
}

function kindOf(status: number): ErrorKind {
  if (status === 404) return 'notFound';
  if (status === 409) return 'conflict';
  if (status === 401 || status === 403) return 'denied';
  if (status >= 500) return 'server';
  return status >= 400 ? 'invalid' : 'protocol';
}

function message(contentType: string, body: string): string | undefined {
  if (isHtml(body)) return `Something answered with ${describe(body)}: is that address a proxy or a web server?`;
  if (!contentType.includes('json')) return body.trim() || undefined;
  const value = jsonOrNothing(body);
  const text = typeof value === 'object' && value !== null && 'message' in value ? value.message : undefined;
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isHtml = (body: string) => /^\s*<(?:!doctype|html)/i.test(body);

function describe(body: string): string {
  if (!isHtml(body)) return body.trim() === '' ? 'empty' : 'other text';
  const title = /<title>([^<]{1,80})/i.exec(body)?.[1]?.trim();
  return title ? `a web page ("${title}")` : 'a web page';
}
