/** An id as docker shortens it: twelve digits, without its kind. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}
