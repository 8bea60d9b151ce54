import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  type SecureContext,
  type SecureContextOptions,
} from 'node:tls';
import { type Dialer, dialError, keepAliveDelay } from './dial';
import { EngineError } from './errors';
import type { Prompts } from './prompts';

/** Files for TLS, as people write them: with `~` for their home folder. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name in the engine's certificate, where it differs from the address. */
  readonly serverName?: string;
  /** false takes any certificate. */
  readonly verify?: boolean;
}

/** Dials TLS 1.2 or newer over TCP, with a client certificate where one is named. Files are read at the first dial. */
export function tlsDialer(address: { host: string; port: number }, files: TlsFiles, prompts: Prompts): Dialer {
  const closed = new AbortController();
  let context: Promise<SecureContext> | undefined;
  /** With TLS 1.3 an engine refuses a certificate only after the handshake, and what uses the stream sees just its end. */
  let refusal: EngineError | undefined;
  const prepare = async () => {
    context ??= secureContext(files, prompts, closed.signal);
    await context.catch((error) => {
      context = undefined;
      throw error;
    });
  };
  const refused = (error: unknown) => {
    const told = tlsError(error, address);
    // The files may be others by the next time.
    if (told) context = undefined;
    return told;
  };
  return {
    prepare,
    dial: async (signal) => {
      await prepare();
      refusal = undefined;
      const secureContext = await context;
      return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const name = files.serverName ?? address.host;
        const socket = connect({
          ...address,
          ...(secureContext ? { secureContext } : {}),
          // An address has no place in SNI; the certificate is checked against it all the same.
          servername: isIP(name) ? '' : name,
          checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
          rejectUnauthorized: files.verify !== false,
          ALPNProtocols: ['http/1.1'],
        });
        socket.setNoDelay(true).setKeepAlive(true, keepAliveDelay);
        const settle = (act: () => void) => {
          signal.removeEventListener('abort', onAbort);
          socket.removeAllListeners('secureConnect').removeAllListeners('error');
          act();
        };
        const onAbort = () => settle(() => reject(socket.on('error', () => {}).destroy() && signal.reason));
        signal.addEventListener('abort', onAbort, { once: true });
        socket.once('secureConnect', () =>
          settle(() => {
            socket.once('error', (error) => {
              refusal = refused(error);
            });
            resolve(socket);
          }),
        );
        socket.once('error', (error) => settle(() => reject(refused(error) ?? dialError(error, address))));
      });
    },
    explain: async () => refusal,
    close: async () => closed.abort(),
  };
}

async function secureContext(files: TlsFiles, prompts: Prompts, signal: AbortSignal): Promise<SecureContext> {
  const [ca, cert, key] = await Promise.all([pem(files.ca, 'ca'), pem(files.cert, 'cert'), pem(files.key, 'key')]);
  const options: SecureContextOptions = {
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  if (key === undefined || !/ENCRYPTED/.test(key)) return made(options);
  for (const again of [false, true]) {
    const prompt = `Passphrase of the key ${files.key}`;
    const passphrase = await prompts.secret({ key: `tls:${files.key}`, prompt, again, signal });
    if (passphrase === undefined) {
      throw new EngineError('denied', `The key ${files.key} needs its passphrase.`, { needsPerson: true });
    }
    if (opens(key, passphrase)) return made({ ...options, passphrase });
  }
  throw new EngineError(
    'denied',
    `That is not the passphrase of the key ${files.key}, or its encryption is not known.`,
    {
      needsPerson: true,
    },
  );
}

/**
 * Whether a passphrase opens a key. About one in two hundred wrong ones decrypts it to what looks whole and is not:
 * whatever is wrong with the outcome says that the passphrase was.
 */
function opens(key: string, passphrase: string): boolean {
  try {
    createPrivateKey({ key, passphrase });
    return true;
  } catch {
    return false;
  }
}

function made(options: SecureContextOptions): SecureContext {
  try {
    return createSecureContext(options);
  } catch (cause) {
    throw unusable(cause);
  }
}

function unusable(cause: unknown): EngineError {
  if (/KEY_VALUES_MISMATCH/.test(codeOf(cause))) {
    return new EngineError('invalid', 'The key in "tls.key" does not belong to the certificate in "tls.cert".', {
      cause,
    });
  }
  return new EngineError('invalid', 'The files in "tls" can not be used; are they PEM?', { cause });
}

async function pem(file: string | undefined, what: string): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const place = file.replace(/^~(?=$|[/\\])/, homedir());
  let text: string;
  try {
    text = await readFile(path.resolve(place), 'utf8');
  } catch (cause) {
    throw new EngineError('invalid', `The file of "tls.${what}" can't be read: ${file}.`, { cause });
  }
  if (!text.includes('-----BEGIN ')) throw new EngineError('invalid', `The file of "tls.${what}" is no PEM: ${file}.`);
  return text;
}

/** The sentence for what TLS itself refuses; undefined for what is none of its business. */
export function tlsError(error: unknown, address?: { host: string; port: number }): EngineError | undefined {
  const say = (kind: 'denied' | 'protocol', text: string) => new EngineError(kind, text, { cause: error });
  const where = address ? `${address.host}:${address.port}` : 'the engine';
  const code = codeOf(error);
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return say('denied', `The certificate of ${where} has expired.`);
    case 'CERT_NOT_YET_VALID':
      return say('denied', `The certificate of ${where} is not valid yet; are both clocks right?`);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return say(
        'denied',
        `The certificate of ${where} is for another name (${names(error)}); "tls.serverName" says which one to expect.`,
      );
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return say('denied', `The certificate of ${where} is signed by an authority that "tls.ca" does not name.`);
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
    case 'ERR_SSL_HTTP_REQUEST':
      return say('protocol', `What answers at ${where} does not speak TLS: leave out "tls", or ask for its TLS port.`);
  }
  if (/^ERR_SSL_.*(?:PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW)/.test(code)) {
    return say('protocol', `${where} speaks only a TLS older than 1.2, which is not safe.`);
  }
  if (/^ERR_SSL_.*(?:CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/.test(code)) {
    return say('denied', `${where} did not take your certificate: check "tls.cert" and "tls.key".`);
  }
  if (/^(?:CERT|CRL|UNABLE_TO|ERROR_IN_C|INVALID_(?:CA|PURPOSE)|PATH_LENGTH|HOSTNAME_MISMATCH)/.test(code)) {
    return say('denied', `The certificate of ${where} can't be trusted: ${code}.`);
  }
  return code.startsWith('ERR_SSL_') || code === 'EPROTO'
    ? say('protocol', `TLS with ${where} failed: ${code}.`)
    : undefined;
}

function names(error: unknown): string {
  const cert = error instanceof Error && 'cert' in error ? (error.cert as { subjectaltname?: string }) : {};
  return cert.subjectaltname ?? 'it has none';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
