import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Certificates, makeCertificates } from '../rig/certificates';
import { type Engine, startEngine } from '../rig/engine';
import { engineDo } from '../rig/engineHttp';
import { type FaultProxy, startFaultProxy } from '../rig/faultProxy';
import { makeImage } from '../rig/image';
import { type Sshd, startSshd } from '../rig/sshd';
import { waitFor } from '../rig/wait';
import { openWorkbench, type Workbench } from '../rig/workbench';

describe('one engine by four ways', function () {
  this.bail(true);
  const ways = ['by unix', 'by tcp', 'by mTLS', 'by ssh'];
  let certificates: Certificates;
  let engine: Engine;
  let tcp: FaultProxy;
  let sshd: Sshd;
  let bench: Workbench;
  let folder: string;

  before(async function () {
    this.timeout(120_000);
    certificates = await makeCertificates();
    [engine, sshd] = await Promise.all([
      startEngine({ version: '28.5', tls: { ca: certificates.ca, ...certificates.server } }),
      startSshd(),
    ]);
    const socket = engine.unix.slice('unix://'.length);
    // dockerd speaks either TLS or plain tcp: this carries the plain bytes of its socket.
    tcp = await startFaultProxy(socket);
    await makeImage(engine.unix);
    await create('web', { 'com.docker.compose.project': 'shop' });
    await create('cron', {});
    folder = mkdtempSync(path.join(tmpdir(), 'longshore-ui-'));
    mkdirSync(path.join(folder, 'workspace'));
    writeFileSync(path.join(folder, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${sshd.clientConfig} "$@"\n`, {
      mode: 0o755,
    });
    bench = await openWorkbench({
      workspace: path.join(folder, 'workspace'),
      machineSettings: { 'longshore.ssh.program': path.join(folder, 'ssh') },
      userSettings: {
        'longshore.hosts': {
          'by unix': { endpoint: engine.unix },
          'by tcp': { endpoint: `tcp://127.0.0.1:${tcp.port}` },
          'by mTLS': { endpoint: engine.tcp, tls: { ca: certificates.ca, ...certificates.client } },
          'by ssh': { endpoint: `ssh://longshore-test${socket}` },
        },
      },
    });
    bench.page.setDefaultTimeout(15_000);
  });
  after(async () => {
    await bench.stop();
    await tcp.stop();
    await engine.stop();
    await sshd.stop();
    await certificates.stop();
    rmSync(folder, { recursive: true });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await bench.screenshot('failed');
  });

  async function create(name: string, labels: object): Promise<void> {
    await engineDo(engine.unix, 'POST', `/containers/create?name=${name}`, {
      json: { Image: 'demo/web:1.0', Labels: labels, StopTimeout: 0 },
    });
    await engineDo(engine.unix, 'POST', `/containers/${name}/start`);
  }

  /** What is drawn under each host, as a screen reader says it. */
  async function drawn(): Promise<string[][]> {
    const labels = await bench.page
      .locator('.pane-body [role="treeitem"]')
      .evaluateAll((rows) =>
        rows
          .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
          .map((row) => row.getAttribute('aria-label') ?? ''),
      );
    const starts = ways.map((way) => labels.findIndex((label) => label.startsWith(`host ${way},`)));
    return starts.map((start, index) => labels.slice(start + 1, starts[index + 1]));
  }

  /** Waits until every host shows the same, and that what is expected is in it. */
  async function same(...expected: RegExp[]): Promise<string[]> {
    return waitFor('the four hosts to show the same', 15, async () => {
      const [first = [], ...others] = await drawn();
      const isSame = others.every((other) => JSON.stringify(other) === JSON.stringify(first));
      return isSame && expected.every((words) => first.some((label) => words.test(label))) ? first : undefined;
    });
  }

  it('shows the same tree by each of them', async () => {
    await bench.page.locator('.activitybar [aria-label^="Longshore"]').first().click();
    const rows = await same(/^container web, running/, /^container cron, running/, /^Images, 1/);
    assert.equal(rows.length, 7, rows.join('\n'));
    await bench.screenshot('30-four-ways');
  });

  it('shows what another client does by each of them', async () => {
    await engineDo(engine.unix, 'POST', '/containers/web/kill');
    await create('queue', { 'com.docker.compose.project': 'shop' });
    await engineDo(engine.unix, 'DELETE', '/containers/cron?force=1');
    const rows = await same(/^container web, exited \(137\)/, /^container queue, running/);
    assert.ok(!rows.some((label) => label.startsWith('container cron')), rows.join('\n'));
    await bench.screenshot('31-four-ways-changed');
  });
});
