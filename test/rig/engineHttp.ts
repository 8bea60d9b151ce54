import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import http from 'node:http';

export interface EngineReply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface EngineRequest {
  readonly headers?: Record<string, string>;
  /** Sent as JSON, or as the content of the named file. */
  readonly json?: unknown;
  readonly file?: string;
  /** Aborts after so many seconds; 30 where nothing is said. */
  readonly seconds?: number;
}

/**
 * One request to an engine's `unix://` or `http://` address, outside of the code under test: the rig's own way in.
 * Resolves whatever the status is.
 */
export async function engineRequest(
  address: string,
  method: string,
  path: string,
  { headers = {}, json, file, seconds = 30 }: EngineRequest = {},
): Promise<EngineReply> {
  const target = address.startsWith('unix://')
    ? { socketPath: address.slice('unix://'.length) }
    : { host: new URL(address).hostname, port: new URL(address).port };
  const type = json !== undefined ? 'application/json' : file !== undefined ? 'application/x-tar' : undefined;
  const request = http.request({
    ...target,
    method,
    path,
    agent: false,
    headers: { Host: 'engine', ...(type && { 'Content-Type': type }), ...headers },
    signal: AbortSignal.timeout(seconds * 1000),
  });
  const replied = once(request, 'response') as Promise<[http.IncomingMessage]>;
  if (file !== undefined)
    createReadStream(file)
      .on('error', (error) => request.destroy(error))
      .pipe(request);
  else request.end(json === undefined ? undefined : JSON.stringify(json));
  const [response] = await replied;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() };
}

/** Like engineRequest, but an error status, or an error inside of a progress stream, rejects. */
export async function engineDo(
  address: string,
  method: string,
  path: string,
  request: EngineRequest = {},
): Promise<EngineReply> {
  const reply = await engineRequest(address, method, path, request);
  if (reply.status >= 400 || reply.body.includes('"errorDetail"')) {
    throw new Error(`${method} ${path}: ${reply.status} ${reply.body.trim().slice(-500)}`);
  }
  return reply;
}
