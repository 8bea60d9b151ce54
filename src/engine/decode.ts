import { EngineError } from './errors';

/** No engine has nearly as many objects of a kind; one that goes on inventing them must not fill memory. */
const maxItems = 100_000;

/** JSON as it comes from an engine: any field may be missing, null or of another type than promised. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object, or `protocol`. */
export function fields(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new EngineError('protocol', `The engine's answer is not ${what}.`);
}

/** Each element of a list, decoded; null is an empty list, as Go writes it. Throws `protocol` for more than 100 000, and for anything else. */
export function list<T>(value: unknown, what: string, decode: (fields: Fields) => T): T[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new EngineError('protocol', `The engine's answer is not a list of ${what}.`);
  if (value.length > maxItems) throw new EngineError('protocol', `The engine listed more than ${maxItems} ${what}.`);
  return value.map((item) => decode(fields(item, what)));
}

/** The object in a field, or an empty one. */
export function inner(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The text in a field, or ''. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The number in a field, or 0. */
export function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** The texts in a list, others left out. */
export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** An object of texts: labels, options. What it already is stays as it is; other values become ''. */
export function textMap(value: unknown): Readonly<Record<string, string>> {
  const map = inner(value);
  const isPlain = Object.values(map).every((item) => typeof item === 'string');
  if (isPlain) return map as Readonly<Record<string, string>>;
  return Object.fromEntries(Object.entries(map).map(([key, item]) => [key, text(item)]));
}
