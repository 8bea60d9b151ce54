import type { Container } from '../engine/containers';
import type { Image } from '../engine/images';
import type { Network } from '../engine/networks';
import type { Volume } from '../engine/volumes';
import type { Kind } from './lists';

/** What an object can be found by, in lower case; lines are each between two line feeds. */
export interface Findable {
  readonly name: string;
  /** Lines that any part of is enough to find it by. */
  readonly texts: string;
  /** Lines of hexadecimal digits, of which only the beginning counts: any few of them stand somewhere in any other. */
  readonly ids: string;
  /** Lines of published ports. */
  readonly ports: string;
  /** Lines that count only as a whole: `exited`, `unhealthy`. */
  readonly states: string;
}

/** Everything that an object can be found by. */
export function findable(kind: Kind, item: Container | Image | Network | Volume): Findable {
  switch (kind) {
    case 'containers': {
      const { name, image, id, labels, ports, state, health } = item as Container;
      const published = ports.flatMap(({ publicPort }) => (publicPort === undefined ? [] : [String(publicPort)]));
      return make([name, image, ...labelTexts(labels)], [id], published, [state, health ?? '']);
    }
    case 'images': {
      const { tags, digests, id, labels } = item as Image;
      const [repositories, hashes] = [0, 1].map((half) => digests.map((digest) => digest.split('@')[half] ?? ''));
      return make([...tags, ...(repositories ?? []), ...labelTexts(labels)], [id, ...(hashes ?? [])]);
    }
    case 'networks': {
      const { name, id, labels } = item as Network;
      return make([name, ...labelTexts(labels)], [id]);
    }
    case 'volumes': {
      const { name, labels } = item as Volume;
      return isHash(name) ? make(['', ...labelTexts(labels)], [name]) : make([name, ...labelTexts(labels)]);
    }
  }
}

/** One word that is looked for, and the lines that it begins or is: made once, since they are looked for everywhere. */
export interface Word {
  readonly text: string;
  readonly beginning: string;
  readonly line: string;
  /** For what is written as a port (`:8080`) or could be one (`8080`). */
  readonly port: { readonly beginning: string; readonly line: string; readonly only: boolean } | undefined;
  /** For what could be the beginning of an id. */
  readonly id: string | undefined;
}

/** The words of what a person typed. */
export function toWords(query: string): Word[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean).map(toWord);
}

function toWord(text: string): Word {
  const digits = /^:?(\d{1,5})$/.exec(text)?.[1];
  const id = /^(?:sha256:)?([0-9a-f]{4,})$/.exec(text)?.[1];
  return {
    text,
    beginning: `\n${text}`,
    line: `\n${text}\n`,
    port: digits === undefined ? undefined : { beginning: `\n${digits}`, line: `\n${digits}\n`, only: digits !== text },
    id: id === undefined ? undefined : `\n${id}`,
  };
}

/**
 * How well a word fits, 0 best; undefined where it doesn't: a name, or a port asked for as one, goes first, then what
 * begins with the word, then what contains it.
 */
export function rankOf({ name, texts, ids, ports, states }: Findable, word: Word): number | undefined {
  const { text, port } = word;
  if (port?.only) return ports.includes(port.line) ? 0 : ports.includes(port.beginning) ? 3 : undefined;
  if (name.includes(text)) return name === text ? 0 : name.startsWith(text) ? 1 : 2;
  if (port && ports.includes(port.line)) return 1;
  if (texts.includes(text)) return texts.includes(word.beginning) ? 3 : 4;
  const fits =
    states.includes(word.line) ||
    (word.id !== undefined && ids.includes(word.id)) ||
    (port !== undefined && ports.includes(port.beginning));
  return fits ? 3 : undefined;
}

/** True where every word fits. */
export function matches(found: Findable, words: readonly Word[]): boolean {
  return words.every((word) => rankOf(found, word) !== undefined);
}

function make(
  texts: readonly string[],
  ids: readonly string[] = [],
  ports: readonly string[] = [],
  states: readonly string[] = [],
): Findable {
  return {
    name: (texts[0] ?? '').toLowerCase(),
    texts: lines(texts),
    ids: lines(ids.map((id) => (id.startsWith('sha256:') ? id.slice('sha256:'.length) : id))),
    ports: lines(ports),
    states: lines(states),
  };
}

function lines(texts: readonly string[]): string {
  return `\n${texts.join('\n').toLowerCase()}\n`;
}

function labelTexts(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([key, value]) => (isHash(value) ? key : `${key}=${value}`));
}

function isHash(text: string): boolean {
  return text.length >= 64 && /^(?:sha256:)?[0-9a-f]{64}$/.test(text);
}
