import assert from 'node:assert/strict';
import { EngineError } from '../../src/engine/errors';
import { parsePublish } from '../../src/engine/ports';
import { itMeets } from './vectors';

const invalid = (spec: string, words?: RegExp) =>
  assert.throws(
    () => parsePublish([spec]),
    (error) => error instanceof EngineError && error.kind === 'invalid' && (words?.test(error.message) ?? true),
    spec,
  );

describe('published ports', () => {
  itMeets<{
    input: string;
    ok: boolean;
    ExposedPorts?: string[];
    PortBindings?: Record<string, unknown>;
    ExposedPortsCount?: number;
  }>('port-specs-cli.json', '-p', ({ input, ok, ExposedPorts, PortBindings, ExposedPortsCount }) => {
    // docker takes the long form and drops its host_ip without a word.
    if (!ok || input.includes('=')) return invalid(input);
    const { exposedPorts, portBindings } = parsePublish([input]);
    if (ExposedPortsCount !== undefined) {
      assert.equal(Object.keys(exposedPorts).length, ExposedPortsCount, input);
      assert.equal(Object.keys(portBindings).length, ExposedPortsCount, input);
    } else {
      assert.deepEqual(Object.keys(exposedPorts).sort(), ExposedPorts, input);
      assert.deepEqual(portBindings, PortBindings, input);
    }
  });

  itMeets<{
    input: string;
    ok: boolean;
    expected?: { containerPort: string; hostIp: string; hostPort: string }[];
  }>('port-specs.json', 'ParsePortSpec', ({ input, ok, expected }) => {
    if (!ok) return invalid(input);
    const { portBindings } = parsePublish([input]);
    const flat = Object.entries(portBindings).flatMap(([containerPort, places]) =>
      places.map(({ HostIp, HostPort }) => ({ containerPort, hostIp: HostIp, hostPort: HostPort })),
    );
    if (expected) assert.deepEqual(flat, expected, input);
  });

  itMeets<{
    inputs: string[];
    ok: boolean;
    exposedIncludes?: string[];
    bindingsPerPort?: number;
    hostIpOfEvery?: string;
    hostPortOfEvery?: string;
  }>('port-specs.json', 'ParsePortSpecs', (one) => {
    if (!one.ok) {
      assert.throws(() => parsePublish(one.inputs), EngineError);
      return;
    }
    const { exposedPorts, portBindings } = parsePublish(one.inputs);
    for (const key of one.exposedIncludes ?? []) assert.ok(exposedPorts[key], `${one.inputs}: ${key}`);
    for (const [key, places] of Object.entries(portBindings)) {
      assert.equal(places.length, one.bindingsPerPort ?? places.length, `${one.inputs}: ${key}`);
      for (const { HostIp, HostPort } of places) {
        assert.equal(HostIp, one.hostIpOfEvery ?? HostIp);
        const expected = one.hostPortOfEvery === '=container' ? key.split('/')[0] : one.hostPortOfEvery;
        assert.equal(HostPort, expected ?? HostPort);
      }
    }
  });

  it('adds up several, also onto the same port', () => {
    assert.deepEqual(parsePublish(['80:80', '127.0.0.1:81:80', '53:53/UDP']), {
      exposedPorts: { '80/tcp': {}, '53/udp': {} },
      portBindings: {
        '80/tcp': [
          { HostIp: '', HostPort: '80' },
          { HostIp: '127.0.0.1', HostPort: '81' },
        ],
        '53/udp': [{ HostIp: '', HostPort: '53' }],
      },
    });
    assert.deepEqual(parsePublish([]), { exposedPorts: {}, portBindings: {} });
  });

  it('says which part is wrong', () => {
    invalid('70000:80', /"70000" is no port of the host/);
    invalid('80:70000', /"70000" is no port of the container/);
    invalid('localhost:80:80', /"localhost" is no IP address/);
    invalid('80/icmp', /"icmp" is no protocol/);
    invalid('8000-8010:80-85', /same length/);
    invalid('target=80,published=8080,host_ip=127.0.0.1', /long form/);
    invalid('8080:', /missing/);
  });
});
