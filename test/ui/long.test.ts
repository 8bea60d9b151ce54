import assert from 'node:assert/strict';
import { createContainer, listContainers, removeContainer, startContainer } from '../../src/engine/containers';
import { socketDialer } from '../../src/engine/dial';
import { Engine } from '../../src/engine/http';
import { type Engine as RealEngine, startEngine } from '../rig/engine';
import { type FaultProxy, startFaultProxy } from '../rig/faultProxy';
import { makeImage } from '../rig/image';
import { freePort } from '../rig/ports';
import { waitFor } from '../rig/wait';
import { openWorkbench, type Workbench } from '../rig/workbench';
import { handsOn } from './hands';

describe('a host of 250 containers, among others', function () {
  this.bail(true);
  let real: RealEngine;
  let client: Engine;
  let bench: Workbench;
  let liar: FaultProxy;
  let port: number;

  before(async function () {
    this.timeout(120_000);
    real = await startEngine();
    await makeImage(real.unix);
    client = new Engine(socketDialer({ path: real.unix.slice('unix://'.length) }));
    port = await freePort();
    const names = Array.from({ length: 249 }, (_, index) => `c${String(index + 1).padStart(3, '0')}`);
    const create = async () => {
      for (let name = names.pop(); name !== undefined; name = names.pop()) {
        await createContainer(client, { Image: 'demo/web:1.0' }, { name });
      }
    };
    await Promise.all([create(), create(), create(), create()]);
    const PortBindings = { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] };
    const config = {
      Image: 'demo/web:1.0',
      ExposedPorts: { '8080/tcp': {} },
      HostConfig: { PortBindings },
      Labels: { team: '<img src=x> [a](http://evil.example/) www.evil.example a@evil.example' },
    };
    const { id } = await createContainer(client, config, { name: 'a-front' });
    await startContainer(client, id);
    liar = await startFaultProxy(real.port);
    const lie = JSON.stringify({ message: 'Oops, [click](command:workbench.action.toggleSidebarVisibility)' });
    const head = `HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\nContent-Length: ${lie.length}\r\n\r\n`;
    liar.set({ kind: 'say', bytes: head + lie, next: 'close' });
    const endpoint = `tcp://127.0.0.1:${await freePort()}`;
    const away = [1, 2, 3, 4].map((index) => [`away${index}`, { endpoint, group: 'Attic' }]);
    bench = await openWorkbench({
      userSettings: {
        'longshore.hosts': {
          ...Object.fromEntries(away),
          harbour: { endpoint: real.unix },
          liar: { endpoint: `tcp://127.0.0.1:${liar.port}`, access: 'full' },
        },
      },
    });
    bench.page.setDefaultTimeout(15_000);
    await bench.page.locator('.activitybar [aria-label^="Longshore"]').first().click();
  });
  after(async () => {
    await bench.stop();
    const front = (await listContainers(client)).filter(({ state }) => state === 'running');
    for (const { id } of front) await removeContainer(client, id, { force: true });
    await client.close();
    await liar.stop();
    await real.stop();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await bench.screenshot('failed');
  });

  const { row, box, answer, palette, title, notice } = handsOn(() => bench.page);
  const find = async (text: string) => {
    await title('Find on All Hosts');
    await box().fill(text);
    await bench.page.locator('.quick-input-list-row').filter({ hasText: text }).first().waitFor();
  };
  /** The rows in sight, from top to bottom. */
  const inSight = () =>
    bench.page.locator('.pane-body [role="treeitem"]').evaluateAll((rows) =>
      rows
        .map((each) => ({ top: each.getBoundingClientRect().top, text: each.textContent ?? '' }))
        .sort((a, b) => a.top - b.top)
        .map(({ text }) => text),
    );

  it('shows what was found, also in a group that is closed and on a page that was not shown yet', async () => {
    await row(/^Containers250/).waitFor();
    assert.equal(await row(/^Containers250/).getAttribute('aria-expanded'), 'false');
    await bench.screenshot('39-many');
    await find('c245');
    await box().press('Enter');
    await row(/^c245/).waitFor();
    assert.equal(await row(/^c245/).getAttribute('aria-selected'), 'true');
    await bench.screenshot('41-found');
  });

  it('keeps selection and scroll while another client changes things', async () => {
    const before = await inSight();
    assert.ok(before.some((text) => text.startsWith('c245')));
    await createContainer(client, { Image: 'demo/web:1.0' }, { name: 'z-last' });
    await row(/^z-last/).waitFor();
    const after = await inSight();
    assert.deepEqual(
      after.filter((text) => /^c\d/.test(text)),
      before.filter((text) => /^c\d/.test(text)),
    );
    assert.equal(await row(/^c245/).getAttribute('aria-selected'), 'true');
  });

  it('acts from the list of what was found', async () => {
    await find('c100');
    const found = bench.page.locator('.quick-input-list-entry').filter({ hasText: 'c100' }).first();
    await found.hover();
    await found.locator('[aria-label="Start"]').click();
    await waitFor('c100 to run', 10, async () => {
      const containers = await listContainers(client);
      return containers.some(({ name, state }) => name === 'c100' && state === 'running') || undefined;
    });
    await box().press('Escape');
  });

  it('says what hides what was found, and shows it', async () => {
    await title('Filter');
    await answer('a-front');
    await row(/^c245/).waitFor({ state: 'detached' });
    await row(/^a-front/).waitFor();
    await find('c100');
    await box().press('Enter');
    const said = await notice('c100 is not in the tree: the filter leaves it out.');
    await bench.screenshot('42-filtered-out');
    await said.getByText('Show It', { exact: true }).click();
    await row(/^c100/).waitFor();
    await waitFor('its selection', 5, async () => {
      return (await row(/^c100/).getAttribute('aria-selected')) === 'true' || undefined;
    });
  });

  it('tells in a tooltip what people look for, its port as a link, and takes remote text for text', async () => {
    await find('a-front');
    await box().press('Enter');
    await row(/^a-front/).hover();
    const hover = bench.page.locator('.monaco-hover').filter({ hasText: 'Command' });
    await hover.waitFor();
    const address = `http://127.0.0.1:${port}/`;
    const links = await hover.locator('a').evaluateAll((all) => all.map((each) => each.getAttribute('data-href')));
    assert.deepEqual(links, [address]);
    await hover.getByText('<img src=x> [a](http://evil.example/) www.evil.example a@evil.example').waitFor();
    await bench.screenshot('40-tooltip');
    await bench.page.mouse.move(800, 400);
    await hover.waitFor({ state: 'detached' });
  });

  it('makes no link, least of all one to a command, of what an engine says', async () => {
    await palette('Longshore: Pull Image…');
    await bench.page.locator('.quick-input-list-row').filter({ hasText: 'liar' }).first().click();
    await bench.page.locator('.quick-input-widget').getByText('Pull Image to liar').waitFor();
    await answer('redis');
    const said = await notice('[click] (command:workbench');
    await bench.screenshot('43-hostile-words');
    assert.equal(await said.locator('a[data-href], .notification-list-item-message a').count(), 0);
  });

  it('shows the next page by keys alone, and keeps what was collapsed over a filter', async () => {
    await palette('Notifications: Clear All Notifications');
    await row(/^c\d/).click();
    await bench.page.keyboard.press('End');
    await row(/^liar/).click();
    await bench.page.keyboard.press('ArrowLeft');
    await title('Filter');
    await answer('nowhere');
    await row(/^harbour/).waitFor({ state: 'detached' });
    await title('Clear Filter');
    await row(/^c001/).click();
    await bench.page.keyboard.press('End');
    await row(/^liar/).waitFor();
    assert.equal(await row(/^liar/).getAttribute('aria-expanded'), 'false');
    const focused = bench.page.locator('.pane-body [role="treeitem"].focused');
    for (let up = 0; up < 10 && !/^Show more/.test((await focused.textContent()) ?? ''); up++) {
      await bench.page.keyboard.press('ArrowUp');
    }
    await bench.screenshot('44-more');
    await bench.page.keyboard.press('Enter');
    await row(/^Show more/).waitFor({ state: 'detached' });
    await row(/^c2\d\d/).waitFor();
    await bench.screenshot('45-next-page');
  });

  it('shows what matches a filter, of every kind, and then all as it was', async () => {
    const becomes = (text: RegExp, attribute: string, value: string) =>
      waitFor(`${attribute} of ${text}`, 10, async () => {
        return (await row(text).getAttribute(attribute)) === value || undefined;
      });
    await title('Filter');
    await answer('demo/web');
    await becomes(/^Images1/, 'aria-expanded', 'true');
    assert.equal(await row(/^Containers251/).getAttribute('aria-expanded'), 'false');
    await bench.screenshot('46-filtered');
    await find('c245');
    await box().press('Enter');
    await becomes(/^c245/, 'aria-selected', 'true');
    assert.equal(await row(/^Containers251/).getAttribute('aria-expanded'), 'true');
    await title('Clear Filter');
    await becomes(/^c245/, 'aria-selected', 'true');
    await bench.page.keyboard.press('End');
    await becomes(/^Images1/, 'aria-expanded', 'false');
    await bench.screenshot('47-as-before');
  });
});
