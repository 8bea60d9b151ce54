import { isAbort } from '../engine/errors';
import type { Engine } from '../engine/http';
import type { PullProgress } from '../engine/progress';
import { pullImage } from '../engine/pull';
import { humanSize } from '../engine/quantities';
import { familiarReference, parseReference, type Reference } from '../engine/reference';
import { sanitise } from '../fleet/sanitise';
import { nameAction } from './approval';
import type { Deps } from './deps';
import { Told } from './each';
import { explain } from './explain';
import { problemOf } from './problem';
import { chooseHost } from './targets';
import { back } from './ui';

/** Asks for an image and pulls it. */
export const pull =
  (deps: Deps) =>
  async (...given: readonly unknown[]) => {
    const host = await chooseHost(deps, given[0], 'Pull Image', 'change');
    if (host === undefined) return;
    const typed = await deps.ui.ask({
      title: `Pull Image to ${host}`,
      prompt: 'The image, as in redis:7 or ghcr.io/owner/image@sha256:…',
      placeholder: 'name[:tag][@digest]',
      check: (text) => problemOf(() => parseReference(text.trim())),
    });
    if (typed === undefined || typed === back) return;
    const reference = parseReference(typed.trim());
    const outcome = await pullWithProgress(deps, host, reference);
    void deps.ui.say('info', `${sanitise(outcome)} on ${host}.`);
    await revealImage(deps, host, familiarReference(reference));
  };

/** Pulls with progress and cancel; resolves to the engine's last word. */
export async function pullWithProgress(deps: Deps, name: string, reference: Reference): Promise<string> {
  const shown = familiarReference(reference);
  nameAction(`pull ${shown}`);
  try {
    return await deps.ui.progress(`Pulling ${shown} to ${name}`, async (report, signal) => {
      const host = await deps.fleet.ready(name, signal);
      const auth = await deps.credentials.forPull(host, reference, signal);
      return await pulling(host.engine, reference, auth, report, signal);
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new Told(explain(error, { verb: `pull ${shown}`, host: name }));
  }
}

async function pulling(
  engine: Engine,
  reference: Reference,
  auth: string | undefined,
  report: (message: string, percent?: number) => void,
  signal: AbortSignal,
): Promise<string> {
  let last = 0;
  const { status } = await pullImage(engine, reference, {
    signal,
    ...(auth === undefined ? {} : { auth }),
    onProgress: (progress) => {
      const now = performance.now();
      if (now - last < 100) return;
      last = now;
      const { current, total } = progress.bytes;
      report(progressWords(progress), total > 0 ? Math.floor((current / total) * 100) : undefined);
    },
  });
  return status;
}

/** The whole and the layers that are on their way, in bytes: `2 of 5 layers · 12MB of 40MB · a3ed95: 3MB of 8MB`. */
export function progressWords({ layers, bytes }: Pick<PullProgress, 'layers' | 'bytes'>): string {
  const done = layers.filter(({ status }) => status === 'Pull complete' || status === 'Already exists').length;
  const whole = bytes.total > 0 ? ` · ${humanSize(bytes.current)} of ${humanSize(bytes.total)}` : '';
  const moving = layers.filter(({ status }) => status === 'Downloading' || status === 'Extracting').slice(0, 3);
  const each = moving.map(({ id, status, current, total }) =>
    status === 'Downloading' ? ` · ${id}: ${humanSize(current)} of ${humanSize(total)}` : ` · ${id}: extracting`,
  );
  return `${done} of ${layers.length} layers${whole}${each.join('')}`;
}

async function revealImage(deps: Deps, host: string, tag: string): Promise<void> {
  const images = deps.fleet.hosts.get(host)?.lists.images.items ?? new Map();
  for (const [id, { tags }] of images) {
    if (tags.includes(tag)) return deps.desk.reveal({ host, kind: 'images', id });
  }
}
