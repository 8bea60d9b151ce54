import path from 'node:path';
import { inner, text } from './decode';
import type { DockerHost, DockerTls } from './dockerHost';
import { parseEndpoint } from './endpoint';
import { EngineError } from './errors';

/** A docker context: the engine that it names, or why it can't be used. */
export type DockerContext =
  | (DockerHost & { readonly name: string; readonly skipTlsVerify: boolean })
  | { readonly name: string; readonly reason: string };

/** What reading docker's contexts needs of the file system; both reject where there is nothing. */
export interface ContextFiles {
  readonly readdir: (folder: string) => Promise<readonly string[]>;
  readonly readFile: (file: string) => Promise<string>;
}

/** Throws `invalid` for a name that docker refuses for a context; `default` is its word for no context at all. */
export function checkContextName(name: string): void {
  if (name === 'default') throw new EngineError('invalid', '"default" names no context: it is docker without one.');
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$/.test(name)) return;
  throw new EngineError(
    'invalid',
    'The name of a context starts with a letter or digit and goes on with letters, digits, _ . + and -',
  );
}

/**
 * The contexts that docker stores below `folder` (`~/.docker`), by name; none where it has none. One that is broken is
 * there with the reason. The folders' names are hashes of the contexts' names; as `docker context ls` does, it doesn't
 * check them. `skipTlsVerify` is as its owner set it, to be shown; the files of `tls` are those that exist.
 */
export async function readContexts(folder: string, files: ContextFiles): Promise<DockerContext[]> {
  const ids = await files.readdir(path.join(folder, 'contexts', 'meta')).catch(() => []);
  const contexts = await Promise.all(
    ids.filter((id) => /^[0-9a-f]{64}$/.test(id)).map((id) => readContext(folder, id, files)),
  );
  return contexts.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}

async function readContext(folder: string, id: string, files: ContextFiles): Promise<DockerContext> {
  const meta = inner(await readJson(path.join(folder, 'contexts', 'meta', id, 'meta.json'), files));
  const name = text(meta.Name);
  if (name === '') return { name: id.slice(0, 12), reason: 'Its meta.json is broken, or not there.' };
  const docker = inner(meta.Endpoints).docker;
  if (docker === undefined) return { name, reason: 'It names no Docker engine.' };
  const { Host, SkipTLSVerify } = inner(docker);
  try {
    checkContextName(name);
    const endpoint = parseEndpoint(text(Host));
    const tls = await findTls(path.join(folder, 'contexts', 'tls', id, 'docker'), files);
    return { name, endpoint, ...(tls ? { tls } : {}), skipTlsVerify: SkipTLSVerify === true };
  } catch (error) {
    if (error instanceof EngineError) return { name, reason: error.message };
    throw error;
  }
}

async function findTls(folder: string, files: ContextFiles): Promise<DockerTls | undefined> {
  const names: readonly string[] = await files.readdir(folder).catch(() => []);
  const found = ['ca', 'cert', 'key'].filter((name) => names.includes(`${name}.pem`));
  if (found.length === 0) return undefined;
  return Object.fromEntries(found.map((name) => [name, path.join(folder, `${name}.pem`)]));
}

async function readJson(file: string, files: ContextFiles): Promise<unknown> {
  try {
    return JSON.parse(await files.readFile(file));
  } catch {
    return undefined;
  }
}
