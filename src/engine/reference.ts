import { EngineError } from './errors';

/** An image's name, normalised as docker does: `redis` is `library/redis` at `docker.io`. */
export interface Reference {
  domain: string;
  path: string;
  tag?: string;
  digest?: string;
}

const component = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const domainPattern = new RegExp(`^(?:${component}(?:\\.${component})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const pathPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const idPattern = /^[a-f0-9]{64}$/;
/** Hex digits of each kind of digest that engines verify. */
const digestLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** Reads a typed reference. The grammar is distribution/reference's; throws `invalid` with the reason. */
export function parseReference(text: string): Reference {
  const bad = (reason: string) => new EngineError('invalid', reason);
  if (text === '') throw bad('Type an image, for example redis:7 or ghcr.io/owner/image.');
  if (/\s/.test(text)) throw bad('An image has no spaces in its name.');
  if (idPattern.test(text)) throw bad('That is the id of an image, not a name.');
  if (text.includes('://')) throw bad('An image is named without https://.');
  const [named = '', digest, ...more] = text.split('@');
  if (more.length > 0) throw bad('There is more than one @ in it.');
  const { domain, rest } = splitDomain(named);
  const colon = rest.indexOf(':');
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  const typed = path.replace(/^library\//, '');
  if (path !== path.toLowerCase()) {
    throw bad(`The name "${typed}" must be in lower case: ${typed.toLowerCase()}. Only its tag may have capitals.`);
  }
  // A host name has no "_", but docker takes what could be a path, and engines with containerd's store pull from there.
  if (!domainPattern.test(domain) && !pathPattern.test(domain)) throw bad(`"${domain}" is no address of a registry.`);
  if (!pathPattern.test(path)) {
    throw bad(`"${typed}" is no name of an image: letters, digits, and single . _ - between them.`);
  }
  if (path.length > 255) throw bad('The name is longer than 255 characters.');
  if (tag !== undefined && !tagPattern.test(tag)) throw bad(`"${tag}" is no tag: up to 128 letters, digits, _ . -`);
  if (digest !== undefined) checkDigest(digest);
  return { domain, path, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

function splitDomain(named: string): { domain: string; rest: string } {
  const slash = named.indexOf('/');
  const first = named.slice(0, slash);
  const isDomain = slash >= 0 && (first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase());
  const domain = isDomain && first !== 'index.docker.io' ? first : 'docker.io';
  const rest = isDomain ? named.slice(slash + 1) : named;
  return { domain, rest: domain === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest };
}

function checkDigest(digest: string): void {
  const [algorithm = '', hex = ''] = digest.split(':');
  const length = Object.hasOwn(digestLengths, algorithm) ? digestLengths[algorithm] : undefined;
  if (length === undefined || digest !== `${algorithm}:${hex}` || hex.length !== length || !/^[a-f0-9]+$/.test(hex)) {
    throw new EngineError('invalid', `"${digest}" is no digest: sha256: and 64 digits, in lower case.`);
  }
}

/**
 * The query of `POST /images/create`, as the docker CLI sends it: a digest goes before a tag, `latest` after none. Only
 * `docker.io/a.b/c` stays what it is; the CLI shortens it to `a.b/c`, and that names another registry.
 */
export function pullQuery({ domain, path, tag, digest }: Reference): { fromImage: string; tag: string } {
  return { fromImage: `${domain}/${path}`, tag: digest ?? tag ?? 'latest' };
}

/**
 * A reference as people write it, with its tag (`latest` where there is none): without `docker.io/library/` where it
 * still reads back as the same.
 */
export function familiarReference(reference: Reference): string {
  const { domain, path, tag, digest } = reference;
  const short = domain === 'docker.io' ? path.replace(/^library\/(?=[^/]+$)/, '') : '';
  const name = [short, path].find((text) => {
    const read = splitDomain(text);
    return read.domain === domain && read.rest === path && !idPattern.test(text);
  });
  const shown = name ?? `${domain}/${path}`;
  return digest === undefined ? `${shown}:${tag ?? 'latest'}` : `${shown}${tag ? `:${tag}` : ''}@${digest}`;
}
