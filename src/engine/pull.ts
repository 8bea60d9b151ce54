import type { Engine } from './http';
import { type PullOutcome, PullProgress } from './progress';
import { pullQuery, type Reference } from './reference';
import { JsonLines } from './streams';

/** How an image is pulled. */
export interface PullOptions {
  /** The value of X-Registry-Auth. */
  readonly auth?: string;
  /** As in `linux/arm64`; the engine's own where nothing is said. */
  readonly platform?: string;
  readonly signal: AbortSignal;
  /** Called after each batch of messages. */
  readonly onProgress?: (progress: PullProgress) => void;
}

/**
 * Pulls an image; the signal stops the pull on the engine. Rejects with the engine's words, also for an error that comes
 * in the stream after a status of 200, and with `protocol` for a stream that ends before the image is complete.
 */
export async function pullImage(engine: Engine, reference: Reference, options: PullOptions): Promise<PullOutcome> {
  const stream = await engine.stream({
    method: 'POST',
    path: ['images', 'create'],
    query: { ...pullQuery(reference), platform: options.platform },
    headers: options.auth === undefined ? {} : { 'X-Registry-Auth': options.auth },
    signal: options.signal,
    timeout: 0,
  });
  const lines = new JsonLines();
  const progress = new PullProgress();
  const take = (messages: readonly unknown[]) => {
    for (const message of messages) progress.add(message);
    if (messages.length > 0) options.onProgress?.(progress);
  };
  for await (const chunk of stream) take(lines.push(chunk));
  take(lines.end());
  return progress.end();
}
