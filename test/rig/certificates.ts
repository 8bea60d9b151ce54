import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execute } from './execute';
import { need } from './install';
import { startPart } from './owned';

/** Paths of PEM files. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Everything to try mTLS with, right and wrong; made anew for each run. */
export interface Certificates {
  /** The authority that signed all of these but `stranger`. */
  readonly ca: string;
  /** For `127.0.0.1`, `localhost` and `::1`. */
  readonly server: KeyPair;
  readonly expiredServer: KeyPair;
  /** For `elsewhere.test` alone. */
  readonly wrongNameServer: KeyPair;
  readonly client: KeyPair;
  /** The client's pair with its key encrypted; `passphrase` opens it. */
  readonly encryptedClient: KeyPair & { readonly passphrase: string };
  readonly expiredClient: KeyPair;
  /** An authority that nobody here trusts, with a server and a client of its own. */
  readonly stranger: { readonly ca: string; readonly server: KeyPair; readonly client: KeyPair };
  stop(): Promise<void>;
}

const here = 'DNS:localhost,IP:127.0.0.1,IP:::1';

/** Makes a set of throw-away certificates (about half a second). */
export async function makeCertificates(): Promise<Certificates> {
  await need('openssl');
  const part = startPart('certificates');
  const authority = await makeAuthority(path.join(part.folder, 'known'));
  const other = await makeAuthority(path.join(part.folder, 'stranger'));
  const client = await sign(authority, 'client', { usage: 'clientAuth' });
  const passphrase = 'open sesame';
  const encrypted = path.join(part.folder, 'client.encrypted.key');
  await openssl('pkey', '-in', client.key, '-aes-256-cbc', '-passout', `pass:${passphrase}`, '-out', encrypted);
  return {
    ca: authority.cert,
    server: await sign(authority, 'server', { usage: 'serverAuth', names: here }),
    expiredServer: await sign(authority, 'expired-server', { usage: 'serverAuth', names: here, isExpired: true }),
    wrongNameServer: await sign(authority, 'wrong-name', { usage: 'serverAuth', names: 'DNS:elsewhere.test' }),
    client,
    encryptedClient: { cert: client.cert, key: encrypted, passphrase },
    expiredClient: await sign(authority, 'expired-client', { usage: 'clientAuth', isExpired: true }),
    stranger: {
      ca: other.cert,
      server: await sign(other, 'server', { usage: 'serverAuth', names: here }),
      client: await sign(other, 'client', { usage: 'clientAuth' }),
    },
    stop: part.stop,
  };
}

interface Authority extends KeyPair {
  readonly folder: string;
}

async function makeAuthority(folder: string): Promise<Authority> {
  mkdirSync(path.join(folder, 'issued'), { recursive: true });
  writeFileSync(path.join(folder, 'index.txt'), '');
  const [cert, key] = [path.join(folder, 'ca.pem'), path.join(folder, 'ca.key')];
  const subject = `/CN=Longshore test authority ${path.basename(folder)}`;
  await openssl('req', '-x509', '-days', '2', '-subj', subject, ...newKey(key), '-out', cert);
  return { folder, cert, key };
}

interface Wish {
  readonly usage: 'serverAuth' | 'clientAuth';
  readonly names?: string;
  readonly isExpired?: boolean;
}

async function sign(authority: Authority, name: string, { usage, names, isExpired }: Wish): Promise<KeyPair> {
  const file = (ending: string) => path.join(authority.folder, `${name}.${ending}`);
  await openssl('req', '-new', '-subj', `/CN=${name}`, ...newKey(file('key')), '-out', file('csr'));
  const extensions = [`extendedKeyUsage=${usage}`, ...(names === undefined ? [] : [`subjectAltName=${names}`])];
  writeFileSync(
    file('conf'),
    [
      ...['[ca]', 'default_ca=this', '[this]', `database=${authority.folder}/index.txt`, 'rand_serial=yes'],
      ...[`new_certs_dir=${authority.folder}/issued`, 'default_md=sha256', 'policy=any', 'unique_subject=no'],
      ...['[any]', 'commonName=supplied', '[extensions]', ...extensions, ''],
    ].join('\n'),
  );
  const period = isExpired
    ? ['-startdate', date(-3), '-enddate', date(-1)]
    : ['-startdate', date(-1), '-enddate', date(2)];
  await openssl(
    ...['ca', '-batch', '-notext', '-config', file('conf'), '-extensions', 'extensions', ...period],
    ...['-cert', authority.cert, '-keyfile', authority.key, '-in', file('csr'), '-out', file('pem')],
  );
  return { cert: file('pem'), key: file('key') };
}

function newKey(file: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file];
}

/** So many days from now, as openssl writes times. */
function date(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}

function openssl(...args: string[]): Promise<string> {
  return execute('openssl', args);
}
