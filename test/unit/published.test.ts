import assert from 'node:assert/strict';
import { parsePublish } from '../../src/engine/ports';
import { formatPorts, type PortHolder, publishConflicts } from '../../src/engine/published';
import { itMeets } from './vectors';

interface WirePort {
  readonly IP?: string;
  readonly PrivatePort: number;
  readonly PublicPort?: number;
  readonly Type: string;
}

itMeets<{ input: readonly WirePort[]; expected: string }>(
  'port-display.json',
  'DisplayablePorts',
  ({ input, expected }) => {
    const ports = input.map(({ IP = '', PrivatePort: privatePort, PublicPort, Type: protocol }) => ({
      ip: IP,
      privatePort,
      ...(PublicPort === undefined ? {} : { publicPort: PublicPort }),
      protocol,
    }));
    assert.equal(formatPorts(ports), expected.replaceAll('->', '→'));
  },
);

describe('formatPorts', () => {
  it('shows neighbours in the order of their first port, and nothing for no ports', () => {
    const port = (privatePort: number, protocol: string) => ({ ip: '', privatePort, protocol });
    assert.equal(
      formatPorts([port(92, 'udp'), port(81, 'tcp'), port(90, 'udp'), port(80, 'tcp')]),
      '80-81/tcp, 90/udp, 92/udp',
    );
    assert.equal(formatPorts([]), '');
  });
});

describe('publishConflicts', () => {
  const holder = (name: string, ip: string, publicPort: number, protocol = 'tcp'): PortHolder => ({
    name,
    ip,
    publicPort,
    protocol,
  });
  const conflicts = (spec: string, ...holders: PortHolder[]) =>
    publishConflicts(parsePublish([spec]).portBindings, holders).map(
      ({ HostIp, HostPort, protocol, holders }) => `${HostIp}|${HostPort}|${protocol}|${holders.join()}`,
    );

  it('says which port is held, and by whom', () => {
    assert.deepEqual(conflicts('8080-8082:80-82', holder('web', '0.0.0.0', 8081), holder('web', '::', 8081)), [
      '|8081|tcp|web',
    ]);
    assert.deepEqual(conflicts('8080:80', holder('web', '0.0.0.0', 8081)), []);
  });

  it('keeps protocols apart', () => {
    assert.deepEqual(conflicts('53:53/udp', holder('dns', '0.0.0.0', 53, 'tcp')), []);
    assert.deepEqual(conflicts('53:53/udp', holder('dns', '0.0.0.0', 53, 'udp')), ['|53|udp|dns']);
  });

  it('lets one port be on two addresses, and on none beside all of them', () => {
    assert.deepEqual(conflicts('127.0.0.1:80:80', holder('web', '127.0.0.2', 80)), []);
    assert.deepEqual(conflicts('[::1]:80:80', holder('web', '127.0.0.1', 80)), []);
    for (const all of ['', '0.0.0.0', '::', '0:0:0:0:0:0:0:0']) {
      assert.deepEqual(conflicts('127.0.0.1:80:80', holder('web', all, 80)), ['127.0.0.1|80|tcp|web'], all);
    }
    for (const all of ['', '0.0.0.0:', '[::]:']) {
      assert.equal(conflicts(`${all}80:80`, holder('web', '10.0.0.1', 80)).length, 1, all);
    }
    assert.equal(conflicts('[::1]:80:80', holder('web', '0:0:0:0:0:0:0:1', 80)).length, 1);
  });

  it('leaves the choice of a port to the engine', () => {
    assert.deepEqual(conflicts('80', holder('web', '0.0.0.0', 80)), []);
    assert.deepEqual(conflicts('0:80', holder('web', '0.0.0.0', 80)), []);
    assert.deepEqual(conflicts('80-81:80', holder('a', '0.0.0.0', 80)), []);
    assert.deepEqual(conflicts('80-81:80', holder('a', '0.0.0.0', 80), holder('b', '0.0.0.0', 81)), ['|80-81|tcp|a,b']);
  });

  it('is fast for every port there is', () => {
    const held = Array.from({ length: 2000 }, (_, i) => holder(`c${i}`, '0.0.0.0', 30_000 + i));
    assert.equal(publishConflicts(parsePublish(['0-65535:0-65535']).portBindings, held).length, 2000);
  });
});
