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
      assert.deepEqual(pullQuery(parseReference(input)), { fromImage, tag }, input);
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

  it('says what is wrong', () => {
    invalid('', /Type an image/);
    invalid('Redis', /lower case/);
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
  });
});
