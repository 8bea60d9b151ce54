import { EngineError } from './errors';

/** Throws `invalid` for a name that engines refuse for a container or a volume (moby's RestrictedNameChars). */
export function checkName(name: string): void {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name.replace(/^\//, ''))) return;
  throw new EngineError(
    'invalid',
    name.length < 2
      ? 'A name has at least two characters.'
      : 'A name starts with a letter or digit and goes on with letters, digits, _ . and -',
  );
}
