import { EngineError } from './errors';

/** A value of the query: lists repeat the name, undefined leaves it out, booleans are sent as 1 and 0. */
export type QueryValue = string | number | boolean | readonly string[] | undefined;

/** One request to an engine, before the negotiated version is put in front of its path. */
export interface Request {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Unescaped segments: `['containers', id, 'json']`. An image's name is split at its slashes by the caller. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Sent as JSON. */
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the answer's head (for lists: its end) must be there; 0 waits for ever. Default 30 s. */
  readonly timeout?: number;
}

/** True for a request that can't change anything on the engine. */
export function isRead(request: Request): boolean {
  return request.method === undefined || request.method === 'GET' || request.method === 'HEAD';
}

/**
 * The path and query of a request, escaped per segment as Go's net/url does. Throws `invalid` for an empty or dot
 * segment: an engine would answer a redirect to another resource.
 */
export function target(request: Request): string {
  const path = request.path.map(segment).join('/');
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined) query.append(name, typeof item === 'boolean' ? String(Number(item)) : String(item));
    }
  }
  const search = query.toString();
  return search === '' ? `/${path}` : `/${path}?${search}`;
}

function segment(text: string): string {
  if (text === '' || text === '.' || text === '..') {
    throw new EngineError('invalid', `"${text}" is not the name of an object on an engine.`);
  }
  return encodeURIComponent(text).replace(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent);
}
