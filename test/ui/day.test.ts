import assert from 'node:assert/strict';
import { type Engine, startEngine } from '../rig/engine';
import { engineRequest } from '../rig/engineHttp';
import { makeLayeredImage, pageText } from '../rig/image';
import { freePort } from '../rig/ports';
import { type Registry, startRegistry } from '../rig/registry';
import { waitFor } from '../rig/wait';
import { openWorkbench, type Workbench } from '../rig/workbench';
import { handsOn } from './hands';

describe('a day with one host, by mouse and keyboard', function () {
  this.bail(true);
  let engine: Engine;
  let registry: Registry;
  let bench: Workbench;
  let reference: string;
  let port: number;

  before(async () => {
    [engine, registry] = await Promise.all([startEngine(), startRegistry()]);
    await makeLayeredImage(engine.unix, 'demo/web:1.0', 3, 6);
    reference = await registry.push(engine.unix, 'demo/web:1.0', 'team/web:2.0');
    await engineRequest(engine.unix, 'DELETE', '/images/demo/web:1.0');
    port = await freePort();
    bench = await openWorkbench();
    bench.page.setDefaultTimeout(10_000);
  });
  after(async () => {
    await bench.stop();
    await registry.stop();
    await engine.stop();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await bench.screenshot('failed');
  });

  const { row, box, answer, menu, palette, dialog, title } = handsOn(() => bench.page);
  const inBox = (text: string | RegExp) => bench.page.locator('.quick-input-widget').getByText(text).first().waitFor();
  const asked = (question: string) =>
    bench.page.locator(`.quick-input-widget input[placeholder^="${question}"]`).waitFor();
  const state = async () => {
    const { body } = await engineRequest(engine.unix, 'GET', '/containers/json?all=1');
    return (JSON.parse(body) as { Names: string[]; State: string }[]).map(({ Names, State }) => `${Names[0]} ${State}`);
  };

  it('welcomes who has no host yet', async () => {
    await bench.page.locator('.activitybar [aria-label^="Longshore"]').first().click();
    await bench.page.getByRole('button', { name: 'Add Host' }).first().waitFor();
    await bench.screenshot('01-welcome');
  });

  it('adds a host, and says what is wrong with a name or an endpoint', async () => {
    await bench.page.locator('.pane-body').getByText('Add Host', { exact: true }).first().click();
    await box().press('Enter');
    await inBox('A host needs a name.');
    await answer('harbour');
    await inBox('How is harbour reached?');
    await box().fill('ftp://server');
    await inBox(/is no way to reach an engine/);
    await bench.screenshot('02-bad-endpoint');
    await box().fill('tcp://127.0.0.1:99999');
    await inBox(/"99999" is no port/);
    await answer(engine.unix);
    await inBox('User settings');
    await bench.screenshot('03-where-to-save');
    await box().press('Enter');
    await row('harbour').waitFor();
    await row('Containers').waitFor();
    await bench.screenshot('04-host-added');
  });

  it('pulls an image from a registry, after refusing a name in capitals', async () => {
    await menu(row('harbour'), 'Pull Image…');
    await box().fill('Team/Web');
    await bench.page
      .locator('.quick-input-widget')
      .getByText(/lower case/)
      .first()
      .waitFor();
    await bench.screenshot('05-bad-reference');
    await answer(reference);
    await row('Images1').waitFor({ timeout: 30_000 });
    await bench.page
      .getByText(/Downloaded newer image/)
      .first()
      .waitFor();
    await bench.screenshot('06-pulled');
  });

  it('creates a container with a port, after marking one that can not be', async () => {
    await palette('Longshore: Create Container…');
    await asked('Of which image?');
    await bench.screenshot('07-which-image');
    await box().press('Enter');
    await inBox(/Name of the container/);
    await box().fill('a b');
    await inBox(/A name starts with/);
    await answer('web');
    await inBox(/Published ports/);
    assert.equal(await box().inputValue(), '8080:8080');
    await box().fill('70000:8080');
    await inBox(/"70000" is no port of the host/);
    await bench.screenshot('08-bad-port');
    await answer(`127.0.0.1:${port}:8080`);
    await row('web').waitFor();
    await waitFor('the container', 10, async () => (await state()).includes('/web created') || undefined);
    await bench.screenshot('09-created');
  });

  it('starts it, and its port answers', async () => {
    await menu(row(/^web/), 'Start');
    await row(`${port}→8080`).waitFor();
    const page = await waitFor('the page', 10, async () => (await fetch(`http://127.0.0.1:${port}/`)).text());
    assert.ok(page.includes(pageText));
    await bench.screenshot('10-running');
  });

  it('says who holds a port', async () => {
    await menu(row('harbour'), 'Run Container…');
    await asked('Of which image?');
    await box().press('Enter');
    await inBox(/Name of the container/);
    await answer('second');
    await inBox(/Published ports/);
    await box().fill(`${port}:8080`);
    await inBox(`Port ${port}/tcp of harbour is published by web already.`);
    await bench.screenshot('11-port-taken');
    await box().press('Escape');
  });

  it('opens it in the browser, at its true address', async () => {
    const opened = bench.page.context().waitForEvent('page', { timeout: 15_000 });
    await menu(row(/^web/), 'Open in Browser');
    await bench.page
      .getByText(`http://localhost:${port}/`)
      .first()
      .waitFor()
      .catch(() => {});
    const open = bench.page.locator('.monaco-dialog-box').getByText('Open', { exact: true });
    if (await open.isVisible()) await open.click();
    const page = await opened;
    // This server means to hand its own machine's ports on, by a path that it does not have.
    assert.match(page.url(), new RegExp(`[:/]${port}/`));
    await page.close();
  });

  it('inspects it', async () => {
    await menu(row(/^web/), 'Inspect');
    await bench.page.locator('.tab').filter({ hasText: 'web.json' }).waitFor();
    await bench.page.locator('.view-lines').getByText('"Id"').first().waitFor();
    await bench.screenshot('12-inspect');
  });

  it('stops it', async () => {
    await menu(row(/^web/), 'Stop');
    await row('exited').waitFor({ timeout: 20_000 });
    assert.deepEqual(await state(), ['/web exited']);
    await bench.screenshot('13-stopped');
  });

  it('kills it with a signal', async () => {
    await menu(row(/^web/), 'Start');
    await row(`${port}→8080`).waitFor();
    await menu(row(/^web/), 'Kill…');
    await asked('Which signal?');
    await bench.screenshot('14-which-signal');
    await box().press('Enter');
    await row('exited (137)').waitFor();
    await bench.screenshot('15-killed');
  });

  it('shows what another client does, by itself', async () => {
    await engineRequest(engine.unix, 'POST', '/containers/create?name=guest', { json: { Image: reference } });
    await row('guest').waitFor();
    await engineRequest(engine.unix, 'DELETE', '/containers/guest');
    await row('guest').waitFor({ state: 'detached' });
  });

  it('finds it', async () => {
    await title('Find on All Hosts');
    await box().fill('web');
    await bench.page.locator('.quick-input-list-row').filter({ hasText: 'web' }).first().waitFor();
    await bench.screenshot('16-find');
    await box().press('Escape');
  });

  it('removes it after asking', async () => {
    await row(/^web/).click();
    await bench.page.keyboard.press('Delete');
    await bench.page.locator('.monaco-dialog-box').getByText('Remove container web on harbour?').waitFor();
    await bench.screenshot('17-really-remove');
    await dialog('Remove');
    await row(/^web/).waitFor({ state: 'detached' });
    assert.deepEqual(await state(), []);
    await bench.screenshot('18-removed');
  });

  it('removes the host', async () => {
    await menu(row('harbour'), 'Remove Host…');
    await dialog('Remove Host');
    await bench.page.getByRole('button', { name: 'Add Host' }).first().waitFor();
  });
});
