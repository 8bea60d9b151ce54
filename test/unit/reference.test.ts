import assert from 'node:assert/strict';
import { EngineError } from '../../src/engine/errors';
import { familiarReference, parseReference, pullQuery } from '../../src/engine/reference';
import { itMeets } from './vectors';

const invalid = (text: string, words?: RegExp) =>
  assert.throws(
    () => parseReference(text),
    (error) => error instanceof EngineError && error.kind === 'invalid' && (words?.test(error.message) ?? true),
    text,
  );

describe('an image reference', () => {
  itMeets<{ input: string; ok: boolean; fromImage?: string; tag?: string }>(
    'image-pull-cli.json',
    'docker pull',
    ({ input, ok, fromImage, tag }) => {
      if (!ok) return invalid(input);
      const reference = parseReference(input);
      assert.deepEqual(pullQuery(reference), { fromImage, tag }, input);
      assert.deepEqual(pullQuery(parseReference(familiarReference(reference))), { fromImage, tag }, input);
    },
  );

  for (const group of ['repository names', 'remote names']) {
    itMeets<{ input: string; ok: boolean }>(
      'image-references.json',
      `ParseNormalizedNamed validity (${group})`,
      ({ input, ok }) => {
        if (ok) parseReference(input);
        else invalid(input);
      },
    );
  }

  itMeets<Record<'familiarName' | 'fullName' | 'ambiguousName' | 'domain' | 'remoteName', string>>(
    'image-references.json',
    'ParseNormalizedNamed components',
    ({ familiarName, fullName, ambiguousName, domain, remoteName }) => {
      for (const name of [familiarName, fullName, ambiguousName].filter((each) => each !== '')) {
        const reference = parseReference(name);
        assert.deepEqual(reference, { domain, path: remoteName }, name);
        assert.equal(familiarReference(reference), `${familiarName}:latest`);
      }
    },
  );

  itMeets<{ input: string; domain: string; path: string }>(
    'image-references.json',
    'normalised domain/path',
    ({ input, domain, path }) => assert.deepEqual(parseReference(input), { domain, path }),
  );

  itMeets<{ input: string; string: string; kind: string }>(
    'image-references.json',
    'ParseAnyReference',
    ({ input, string, kind }) => {
      if (kind === 'digest') return invalid(input, /id of an image/);
      const { domain, path, tag, digest } = parseReference(input);
      assert.equal(`${domain}/${path}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`, string);
    },
  );

  itMeets<{ input: string; ok: boolean; domain?: string; tag?: string; digest?: string }>(
    'image-references.json',
    'Parse',
    ({ input, ok, tag, digest }) => {
      // The suite's program knows no sha512; docker does.
      if (!ok && !/@sha512:[a-f0-9]{128}$/.test(input)) return invalid(input);
      if (!ok) return;
      // Accepted by the plain grammar, which does not normalise: a name in capitals is none for docker.
      if (/^[^/]*[A-Z][^/]*:/.test(input) && !input.includes('/')) return;
      const reference = parseReference(input);
      assert.equal(reference.tag ?? '', tag ?? '', input);
      assert.equal(reference.digest ?? '', digest ?? '', input);
    },
  );

  for (const group of ['WithName failure', 'Field (JSON) parse']) {
    itMeets<{ input: string; ok: boolean; name?: string; tag?: string; digest?: string }>(
      'image-references.json',
      group,
      (one) => {
        if (!one.ok) return invalid(one.input);
        const { domain, path, tag = '', digest = '' } = parseReference(one.input);
        assert.deepEqual([`${domain}/${path}`, tag, digest], [one.name, one.tag, one.digest], one.input);
      },
    );
  }

  for (const group of ['Domain/Path of WithName', 'ParseNamed (canonical form only)']) {
    itMeets<{ input: string; ok: boolean; domain?: string; path?: string }>(
      'image-references.json',
      group,
      ({ input, ok, domain, path }) => {
        const reference = parseReference(input);
        // Not canonical: completing it changes it.
        if (ok) assert.deepEqual(reference, { domain, path }, input);
        else assert.notEqual(`${reference.domain}/${reference.path}`, input);
      },
    );
  }

  itMeets<{ input: string; expected: string }>(
    'image-references.json',
    'ParseDockerRef (adds :latest; drops tag when a digest is present)',
    ({ input, expected }) => {
      const { fromImage, tag } = pullQuery(parseReference(input));
      assert.equal(`${fromImage}${tag.includes(':') ? '@' : ':'}${tag}`, expected, input);
    },
  );

  itMeets<{ input: string; match: boolean }>('image-references.json', 'domain-and-port regexp', ({ input, match }) => {
    // Made to look like a registry: only what has a dot, a port or a capital is one.
    if (match && /[.:A-Z]/.test(input)) assert.equal(parseReference(`${input}/x`).domain, input);
    if (!match) invalid(`${input}/x`);
  });

  itMeets<{ input: string; match: boolean }>('image-references.json', 'anchored name regexp', ({ input, match }) => {
    // Completed to docker.io this one is too long, and the CLI refuses it.
    if (match && input.length > 255) invalid(input, /longer/);
    else if (match) parseReference(input);
    // Its tag-less grammar does not take this one; with a tag it is a name at docker.io.
    else if (input === 'foo_bar.com:8080') assert.equal(parseReference(input).tag, '8080');
    else invalid(input);
  });

  itMeets<{ input: string; match: boolean; subs?: [string, string, string] }>(
    'image-references.json',
    'reference regexp',
    ({ input, match, subs }) => {
      if (!match) return invalid(input);
      const { tag = '', digest = '' } = parseReference(input);
      assert.deepEqual([tag, digest], subs?.slice(1), input);
    },
  );

  it('takes a registry with "_" in its name, without a port, as docker does', () => {
    assert.deepEqual(parseReference('a_b.com/x:1'), { domain: 'a_b.com', path: 'x', tag: '1' });
    for (const text of ['a_b.com:5000/x', 'a___b.com/x', 'A_b.com/x']) invalid(text, /no address of a registry/);
  });

  it('takes no longer for a hostile name than for any other', () => {
    for (const piece of ['a', '-', 'a-', '_', 'a.', '[', ':', '@', '/', 'a/', 'a__']) {
      const started = performance.now();
      assert.throws(() => parseReference(`${piece.repeat(50_000)}!`));
      assert.ok(performance.now() - started < 1000, piece);
    }
  });

  it('says what is wrong', () => {
    invalid('', /Type an image/);
    invalid('Redis', /^The name "Redis" must be in lower case: redis/);
    invalid('redis@constructor:abc', /no digest/);
    invalid('https://hub.docker.com/_/redis', /without https/);
    invalid('redis:', /tag/);
    invalid('redis@sha256:abc', /digest/);
    invalid('my image', /spaces/);
    invalid('a@b@c', /more than one @/);
  });

  it('is shown as people write it', () => {
    const shown = (text: string) => familiarReference(parseReference(text));
    assert.equal(shown('docker.io/library/redis:7'), 'redis:7');
    assert.equal(shown('127.0.0.1:5000/a/b'), '127.0.0.1:5000/a/b:latest');
    assert.equal(shown('docker.io/library/a/b'), 'library/a/b:latest');
  });

  it('is never shortened to the name of something else', () => {
    const shown = (text: string) => familiarReference(parseReference(text));
    assert.equal(shown('docker.io/a.b/c'), 'docker.io/a.b/c:latest');
    assert.equal(shown('docker.io/localhost/c'), 'docker.io/localhost/c:latest');
    assert.equal(shown(`library/${'a'.repeat(64)}`), `library/${'a'.repeat(64)}:latest`);
    assert.equal(pullQuery(parseReference('docker.io/a.b/c')).fromImage, 'docker.io/a.b/c');
  });
});
