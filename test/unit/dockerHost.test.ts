import assert from 'node:assert/strict';
import path from 'node:path';
import { dockerFolder, fromDockerHost } from '../../src/engine/dockerHost';
import { EngineError } from '../../src/engine/errors';

describe("docker's environment", () => {
  const home = path.resolve('/home/me');
  const tcp = { scheme: 'tcp', hostname: 'h', port: 2376, basePath: '', secure: false };
  const files = (folder: string) => ({
    ca: path.join(folder, 'ca.pem'),
    cert: path.join(folder, 'cert.pem'),
    key: path.join(folder, 'key.pem'),
  });

  it('names no engine, or one', () => {
    assert.equal(fromDockerHost({}, home), undefined);
    assert.equal(fromDockerHost({ DOCKER_HOST: '', DOCKER_TLS_VERIFY: '1' }, home), undefined);
    assert.deepEqual(fromDockerHost({ DOCKER_HOST: 'h:2376' }, home), { endpoint: tcp });
    assert.throws(() => fromDockerHost({ DOCKER_HOST: 'h:99999' }, home), EngineError);
  });

  it('asks for TLS by any value but none, with the files of a folder', () => {
    const DOCKER_HOST = 'tcp://h:2376';
    assert.deepEqual(fromDockerHost({ DOCKER_HOST, DOCKER_TLS_VERIFY: '', DOCKER_CERT_PATH: '/c' }, home), {
      endpoint: tcp,
    });
    for (const DOCKER_TLS_VERIFY of ['1', '0']) {
      assert.deepEqual(fromDockerHost({ DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH: '/c' }, home), {
        endpoint: tcp,
        tls: files('/c'),
      });
    }
    assert.deepEqual(
      fromDockerHost({ DOCKER_HOST, DOCKER_TLS_VERIFY: '1' }, home)?.tls,
      files(path.join(home, '.docker')),
    );
    const elsewhere = { DOCKER_HOST, DOCKER_TLS_VERIFY: '1', DOCKER_CONFIG: '/cfg' };
    assert.deepEqual(fromDockerHost(elsewhere, home)?.tls, files('/cfg'));
  });

  it('means no TLS for what has none', () => {
    const env = { DOCKER_HOST: 'ssh://h', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/c' };
    assert.deepEqual(fromDockerHost(env, home), { endpoint: { scheme: 'ssh', hostname: 'h' } });
  });

  it("tells where docker's configuration is", () => {
    assert.equal(dockerFolder({}, home), path.join(home, '.docker'));
    assert.equal(dockerFolder({ DOCKER_CONFIG: '/cfg' }, home), '/cfg');
  });
});
