import { type Fields, fields, list, number, text, textMap, texts } from './decode';
import type { Engine } from './http';

/** One image, as `GET /images/json` tells. */
export interface Image {
  readonly id: string;
  /** `repository:tag`, in the engine's order; empty for a dangling image. */
  readonly tags: readonly string[];
  readonly digests: readonly string[];
  /** Unix seconds. */
  readonly created: number;
  /** Bytes. */
  readonly size: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** All images but the intermediate ones. Engines know no filter by id, so there is no list of some. */
export async function listImages(engine: Engine, options: { signal?: AbortSignal } = {}): Promise<Image[]> {
  return list(await engine.json({ path: ['images', 'json'], signal: options.signal }), 'images', decodeImage);
}

/** The engine's own JSON about one image, by id or reference. */
export async function inspectImage(engine: Engine, name: string, signal?: AbortSignal): Promise<Fields> {
  return fields(await engine.json({ path: ['images', ...name.split('/'), 'json'], signal }), 'an image');
}

/** Removes a tag, or the image with its last one. By id with several tags, or used by a stopped container: `force`. */
export async function removeImage(
  engine: Engine,
  name: string,
  options: { force?: boolean; signal?: AbortSignal } = {},
): Promise<void> {
  await engine.done({
    method: 'DELETE',
    path: ['images', ...name.split('/')],
    query: { force: options.force || undefined },
    signal: options.signal,
    timeout: 0,
  });
}

/** Gives an image one more name. */
export function tagImage(
  engine: Engine,
  name: string,
  to: { repo: string; tag: string },
  signal?: AbortSignal,
): Promise<void> {
  return engine.done({ method: 'POST', path: ['images', ...name.split('/'), 'tag'], query: { ...to }, signal });
}

function decodeImage(raw: Fields): Image {
  return {
    id: text(raw.Id),
    tags: texts(raw.RepoTags).filter((tag) => tag !== '<none>:<none>'),
    digests: texts(raw.RepoDigests).filter((digest) => digest !== '<none>@<none>'),
    created: number(raw.Created),
    size: number(raw.Size),
    labels: textMap(raw.Labels),
  };
}
