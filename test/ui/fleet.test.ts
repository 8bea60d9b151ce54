import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Certificates, makeCertificates } from '../rig/certificates';
import { type Engine, startEngine } from '../rig/engine';
import { engineDo, engineRequest } from '../rig/engineHttp';
import { makeImage } from '../rig/image';
import { freePort } from '../rig/ports';
import { type Sshd, startSshd } from '../rig/sshd';
import { openWorkbench, type Workbench } from '../rig/workbench';
import { handsOn } from './hands';

describe('many hosts in one tree', function () {
  this.bail(true);
  let certificates: Certificates;
  let old: Engine;
  let middle: Engine;
  let recent: Engine;
  let sshd: Sshd;
  let bench: Workbench;
  let folder: string;

  before(async function () {
    this.timeout(120_000);
    certificates = await makeCertificates();
    [old, middle, recent, sshd] = await Promise.all([
      startEngine({ version: '20.10' }),
      startEngine({ version: '26.1' }),
      startEngine({ version: '28.5', tls: { ca: certificates.ca, ...certificates.server } }),
      startSshd(),
    ]);
    await Promise.all([old, middle, recent].map(({ unix }) => makeImage(unix)));
    await container(old, 'web', { 'com.docker.compose.project': 'shop' }, true);
    await container(old, 'cache', { 'com.docker.compose.project': 'shop' }, true);
    await container(middle, 'gitea', {}, true);
    await container(recent, 'grafana', {}, true);
    folder = mkdtempSync(path.join(tmpdir(), 'longshore-ui-'));
    const workspace = path.join(folder, 'workspace');
    mkdirSync(path.join(workspace, '.vscode'), { recursive: true });
    const guest = { guest: { endpoint: `tcp://127.0.0.1:${await freePort()}` } };
    writeFileSync(path.join(workspace, '.vscode/settings.json'), JSON.stringify({ 'longshore.hosts': guest }));
    // The user's own ssh, but with a configuration of this test's.
    writeFileSync(path.join(folder, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${sshd.clientConfig} "$@"\n`, {
      mode: 0o755,
    });
    const dead = await freePort();
    bench = await openWorkbench({
      workspace,
      machineSettings: { 'longshore.ssh.program': path.join(folder, 'ssh') },
      userSettings: {
        'workbench.colorTheme': 'Default Dark Modern',
        'longshore.hosts': {
          staging: { endpoint: old.unix },
          lab: { endpoint: middle.tcp, access: 'readOnly' },
          production: {
            endpoint: recent.tcp,
            tls: { ca: certificates.ca, ...certificates.client },
            access: 'confirm',
          },
          harbour: { endpoint: `ssh://longshore-test${old.unix.slice('unix://'.length)}` },
          attic: { endpoint: `tcp://127.0.0.1:${dead}` },
        },
      },
    });
    bench.page.setDefaultTimeout(15_000);
  });
  after(async () => {
    await bench.stop();
    // What is paused takes no signal, also not the last one.
    for (const engine of [middle, recent]) {
      for (const name of ['gitea', 'grafana']) await engineRequest(engine.unix, 'POST', `/containers/${name}/unpause`);
    }
    await Promise.all([old, middle, recent].map((engine) => engine.stop()));
    await sshd.stop();
    await certificates.stop();
    rmSync(folder, { recursive: true });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await bench.screenshot('failed');
  });

  async function container(engine: Engine, name: string, labels: object, start: boolean): Promise<void> {
    await engineDo(engine.unix, 'POST', `/containers/create?name=${name}`, {
      json: {
        Image: 'demo/web:1.0',
        Labels: labels,
        StopTimeout: 0,
        ExposedPorts: { '8080/tcp': {} },
        HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
      },
    });
    if (start) await engineDo(engine.unix, 'POST', `/containers/${name}/start`);
  }
  const { rows, row, answer, menu, palette, dialog, title, notice } = handsOn(() => bench.page);
  const collapse = async (host: RegExp) => {
    await row(host).click();
    await bench.page.keyboard.press('ArrowLeft');
  };

  it('asks about the host that the workspace brings, and holds it until then', async () => {
    await bench.page.locator('.activitybar [aria-label^="Longshore"]').first().click();
    await bench.page
      .locator('.monaco-dialog-box')
      .getByText(/brings the Docker host "guest"/)
      .waitFor();
    await bench.screenshot('20-workspace-host');
    await dialog('Cancel');
    await row(/^guest.*not allowed yet/).waitFor();
  });

  it('shows them all, over unix, tcp, TLS and ssh, and says what is wrong with one', async () => {
    for (const name of ['gitea', 'grafana']) await row(new RegExp(`^${name}`)).waitFor();
    // The same engine by two ways shows the same.
    for (const name of ['web', 'cache'])
      await rows(new RegExp(`^${name}`))
        .nth(1)
        .waitFor();
    await row(/^attic.*unreachable/).waitFor();
    await row(/Nothing listens at/).waitFor();
    await row(/^lab.*read-only/).waitFor();
    await bench.screenshot('21-fleet');
  });

  it('shows what other clients do on three versions, by itself', async () => {
    await Promise.all([
      container(old, 'queue', { 'com.docker.compose.project': 'shop' }, true),
      container(middle, 'runner', {}, false),
      engineDo(recent.unix, 'POST', '/containers/grafana/pause'),
    ]);
    await rows(/^queue/)
      .nth(1)
      .waitFor();
    await row(/^runner.*created/).waitFor();
    await row(/^grafana.*paused/).waitFor();
    await bench.screenshot('22-changed-by-others');
    await engineDo(old.unix, 'POST', '/containers/cache/kill');
    await rows(/^cache.*exited \(137\)/)
      .nth(1)
      .waitFor();
    await engineDo(old.unix, 'DELETE', '/containers/queue?force=1');
    await row(/^queue/).waitFor({ state: 'detached' });
  });

  it('keeps what was expanded and selected', async () => {
    await collapse(/^harbour/);
    const selected = row(/^gitea/);
    await selected.click();
    await engineDo(middle.unix, 'POST', '/containers/gitea/pause');
    await row(/^gitea.*paused/).waitFor();
    assert.equal(await row(/^gitea/).getAttribute('aria-selected'), 'true');
    assert.equal(await row(/^harbour/).getAttribute('aria-expanded'), 'false');
    await engineDo(middle.unix, 'POST', '/containers/gitea/unpause');
  });

  it('greys what can not be done on a read-only host, and says why', async () => {
    await row(/^gitea/).click({ button: 'right' });
    const item = (label: RegExp) => bench.page.locator('.monaco-menu .action-item').filter({ hasText: label }).first();
    await item(/^Stop/).waitFor();
    await bench.screenshot('23-read-only');
    assert.match((await item(/^Stop/).getAttribute('class')) ?? '', /disabled/);
    assert.doesNotMatch((await item(/^Inspect/).getAttribute('class')) ?? '', /disabled/);
    await bench.page.keyboard.press('Escape');
    await item(/^Stop/).waitFor({ state: 'detached' });
    await row(/^gitea/).click();
    await bench.page.keyboard.press('Delete');
    await notice('"lab" is read-only here');
    await palette('Notifications: Clear All Notifications');
  });

  it('asks before a change where the host wants that', async () => {
    await menu(row(/^grafana/), 'Unpause');
    await bench.page.locator('.monaco-dialog-box').getByText('On production: unpause container grafana?').waitFor();
    await bench.screenshot('24-confirm');
    await dialog('Go Ahead');
    await row(/^grafana.*8080/).waitFor();
  });

  it('shows what running containers use, where it is asked to', async () => {
    await row(/^gitea/).click();
    await palette('Longshore: Show or Hide CPU and Memory');
    await row(/^gitea.*\d+\.\d% [\d.]+[KM]iB/).waitFor();
    await row(/^web.*\d+\.\d% [\d.]+[KM]iB/).waitFor();
    await bench.screenshot('25-figures');
  });

  it('shows who died by itself, and that above it, on its badge and in the status bar', async () => {
    const config = { Image: 'demo/web:1.0', Cmd: ['sh', '-c', 'exit 3'] };
    await engineDo(middle.unix, 'POST', '/containers/create?name=job', { json: config });
    await engineDo(middle.unix, 'POST', '/containers/job/start');
    await row(/^job.*exited \(3\) · died/).waitFor();
    await row(/^lab ?1 in trouble/).waitFor();
    const badge = bench.page.locator('.activitybar .action-item').filter({
      has: bench.page.locator('[aria-label^="Longshore"]'),
    });
    await badge.locator('.badge-content').getByText('1', { exact: true }).waitFor();
    const status = bench.page.locator('[id$="longshore.health"]');
    assert.match((await status.locator('a').getAttribute('aria-label')) ?? '', /1 container unhealthy or died lately/);
    await bench.screenshot('25-died');
    await palette('Longshore: Show or Hide Stopped Containers');
    await row(/^runner/).waitFor({ state: 'detached' });
    await row(/^job/).waitFor();
    await palette('Longshore: Show or Hide Stopped Containers');
    await row(/^runner/).waitFor();
  });

  it('says on which hosts it could not look for something', async () => {
    await title('Find on All Hosts');
    const words = 'Find on 4 of 6 Hosts (not on attic, guest)';
    await bench.page.locator('.quick-input-widget').getByText(words).waitFor();
    await bench.screenshot('25-find');
    await bench.page.keyboard.press('Escape');
  });

  it('hides a host, and shows it again', async () => {
    await menu(row(/^attic/), 'Hide Host in This Workspace');
    await row(/^attic/).waitFor({ state: 'detached' });
    await bench.screenshot('25-hidden');
    await palette('Longshore: Show Hidden Hosts');
    await row(/^attic.*unreachable/).waitFor();
  });

  it('filters all of them at once', async () => {
    await title('Filter');
    await answer('gitea');
    await row(/^web/).waitFor({ state: 'detached' });
    await row(/^gitea/).waitFor();
    // Of these nothing matches.
    await row(/^staging/).waitFor({ state: 'detached' });
    assert.equal(await rows(/^Volumes/).count(), 0);
    await bench.page.getByText('Filter: gitea').first().waitFor();
    await bench.screenshot('26-filter');
  });

  it('keeps the filter and the figures over a reload', async () => {
    await bench.page.reload();
    // What has not been allowed is asked about in every window.
    await dialog('Cancel');
    await bench.page.getByText('Filter: gitea').first().waitFor();
    await row(/^gitea.*\d+\.\d% [\d.]+[KM]iB/).waitFor();
    assert.equal(await row(/^web/).count(), 0);
    await title('Clear Filter');
    // Rows that are drawn anew get their figures, too.
    await row(/^web.*\d+\.\d% [\d.]+[KM]iB/).waitFor();
  });
});
