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
    exposed?: string[];
    exposedIncludes?: string[];
    bindings?: Record<string, { hostIp: string; hostPort: string }[]>;
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
    assert.deepEqual(Object.keys(exposedPorts), one.exposed ?? Object.keys(exposedPorts), `${one.inputs}`);
    for (const [key, places] of Object.entries(one.bindings ?? {})) {
      const expected = places.map(({ hostIp, hostPort }) => ({ HostIp: hostIp, HostPort: hostPort }));
      assert.deepEqual(portBindings[key], expected, `${one.inputs}`);
    }
    for (const [key, places] of Object.entries(portBindings)) {
      assert.equal(places.length, one.bindingsPerPort ?? places.length, `${one.inputs}: ${key}`);
      for (const { HostIp, HostPort } of places) {
        assert.equal(HostIp, one.hostIpOfEvery ?? HostIp);
        const expected = one.hostPortOfEvery === '=container' ? key.split('/')[0] : one.hostPortOfEvery;
        assert.equal(HostPort, expected ?? HostPort);
      }
    }
  });

  itMeets<{ input: string; begin?: number; end?: number }>(
    'port-specs.json',
    'ParsePortRange',
    ({ input, begin, end }) => {
      if (begin === undefined || end === undefined) return invalid(input);
      const keys = Object.keys(parsePublish([input]).exposedPorts);
      assert.deepEqual([keys.length, keys[0], keys.at(-1)], [end - begin + 1, `${begin}/tcp`, `${end}/tcp`], input);
    },
  );

  itMeets<{ input: string; port?: number }>('port-specs.json', 'parsePortNumber', ({ input, port }) => {
    if (port === undefined) return invalid(input);
    assert.deepEqual(Object.keys(parsePublish([input]).exposedPorts), [`${port}/tcp`], input);
  });

  itMeets<{ inputs: string[]; expected?: string[] }>(
    'port-specs.json',
    'long -p syntax to short',
    ({ inputs, expected }) => {
      const isLong = inputs.some((input) => input.includes('='));
      if (isLong) assert.throws(() => parsePublish(inputs), /long form/, `${inputs}`);
      else assert.deepEqual(parsePublish(inputs), parsePublish(expected ?? []), `${inputs}`);
    },
  );

  itMeets<{ input: string }>('port-specs.json', 'swarm PortOpt simple syntax (invalid)', ({ input }) => invalid(input));

  it('refuses a third part of a range, which older CLIs drop without a word', () => {
    invalid('80-81-82', /"80-81-82" is no port of the container/);
  });

  it('takes every port of every protocol, and refuses more than that before it fills memory', () => {
    const all = ['0-65535/tcp', '0-65535/udp', '0-65535/sctp'];
    assert.equal(Object.keys(parsePublish(all).exposedPorts).length, 196_608);
    const endless = Array.from({ length: 100_000 }, () => '0-65535');
    assert.throws(() => parsePublish(endless), { message: '"0-65535": that is more than 196608 ports.' });
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
    invalid('localhost:80:80', /"localhost" is no IP address of the host; write 127.0.0.1/);
    invalid('[::1]:80', /after an address come/);
    invalid('80/icmp', /"icmp" is no protocol/);
    invalid('8000-8010:80-85', /same length/);
    invalid('target=80,published=8080,host_ip=127.0.0.1', /long form/);
    invalid('8080:', /missing/);
  });
});
