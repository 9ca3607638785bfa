// The extension in a real Chromium.
import assert from 'node:assert/strict';
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { chromium } from 'playwright-core';
import { byHand, byOperator, lookedAt } from './migrators.mjs';
import { small } from './png.mjs';
import { ORIGIN, REACTS, ROOT, host, html, joined } from './page.mjs';

// Those that docs/argo-cd.md shows.
const DOCUMENTED = [
  'status-panel', 'running-a-step', 'awaiting-approval-of-a-step', 'awaiting-approval', 'retrying', 'pod-not-starting', 'failed-in-a-step', 'restoring', 'cancelled', 'rejected',
  'rollback-blocked', 'rolling-back', 'suspended', 'run-suspended', 'selector-invalid', 'next-is-due', 'ungated-pods', 'migrated-after-steps', 'nothing-to-migrate', 'not-seen-yet',
];
const screenshots = process.env.SCREENSHOTS ?? 'test/out';

function executable() {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  assert.ok(process.env.CHROMIUM ?? found, 'No Chromium: install the package chromium, or set CHROMIUM to the path of one.');
  return process.env.CHROMIUM ?? found;
}

let browser;

before(async () => {
  mkdirSync(screenshots, { recursive: true });
  browser = await chromium.launch({
    executablePath: executable(),
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none'],
  });
});

after(() => browser?.close());

const application = (...migrators) => ({
  metadata: { name: 'shop', namespace: 'argocd', resourceVersion: '1' },
  status: {
    resources: migrators.map(({ metadata }) => ({ group: 'migrations.coderanger.net', kind: 'Migrator', version: 'v1beta1', namespace: metadata.namespace, name: metadata.name })),
  },
});

/**
 * Gives the test a page at a time, and sees that nothing was complained of: no error, no warning of React.
 *
 * @param options.api what Argo CD's API answers to a request for the Migrator of that name: undefined is 404
 */
async function onPage({ theme = 'light', react = 19, now, api = () => undefined }, test) {
  const scripts = { 'react.js': REACTS[react](), 'host.js': host, 'extensions.js': joined() };
  const context = await browser.newContext({ viewport: { width: 830, height: 700 }, locale: 'en-GB', timezoneId: 'UTC', permissions: ['clipboard-read', 'clipboard-write'], reducedMotion: 'reduce' });
  context.setDefaultTimeout(20000);
  const complaints = [];
  const requests = [];
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !/status of 404/.test(message.text())) complaints.push(message.text());
    });
    await page.route('**', async (route) => {
      const url = new URL(route.request().url());
      const path = url.href.slice(ROOT.length).split('?')[0];
      requests.push(url);
      if (url.origin !== ORIGIN) return route.abort();
      if (path === '') return route.fulfill({ contentType: 'text/html; charset=utf-8', body: html(theme) });
      if (scripts[path]) return route.fulfill({ contentType: 'text/javascript; charset=utf-8', body: scripts[path] });
      const answer = path.startsWith('api/') && api(url.searchParams.get('resourceName'));
      return answer ? route.fulfill({ json: { manifest: JSON.stringify(answer) } }) : route.fulfill({ status: 404, body: '' });
    });
    await page.clock.install({ time: now });
    await page.clock.pauseAt(now + 1000);
    await page.goto(ROOT);
    await test(page, requests);
    assert.deepEqual(complaints, []);
  } catch (error) {
    if (complaints.length > 0) error.message += `\nThe page has complained: ${complaints.join('\n')}`;
    throw error;
  } finally {
    await context.close();
  }
}

async function show(page, what, props) {
  await page.evaluate(([kind, given]) => window.show(kind, given), [what, props]);
  await page.locator('#shown').waitFor({ state: 'attached' });
}

/** The texts whose contrast against what is behind them is below 4.5:1. */
const tooPale = (page) =>
  page.evaluate(() => {
    const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
    const painted = (...colours) => {
      context.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
      }
      const linear = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3).map((each) => (each / 255 <= 0.04045 ? each / 255 / 12.92 : ((each / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const behind = (element) => (element ? [...behind(element.parentElement), getComputedStyle(element).backgroundColor] : ['#fff']);
    const texts = [...document.querySelectorAll('.migrator *')].filter((element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()));
    return texts.flatMap((element) => {
      const ground = painted(...behind(element));
      const text = painted(...behind(element), getComputedStyle(element).color);
      const contrast = (Math.max(ground, text) + 0.05) / (Math.min(ground, text) + 0.05);
      return contrast < 4.5 ? [`${element.textContent}: ${contrast.toFixed(1)}`] : [];
    });
  });

const wider = (page) => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);

async function screenshot(page, name) {
  if (process.env.SCREENSHOTS && !DOCUMENTED.includes(name.replace(/-(light|dark)$/, ''))) return;
  const png = await page.locator('#panel').screenshot({ animations: 'disabled' });
  const path = join(screenshots, `argo-cd-ui-${name}.png`);
  writeFileSync(path, process.env.SCREENSHOTS ? await small(page, png) : png);
}

describe('the tab on a Migrator', () => {
  const all = { ...byOperator, ...byHand };

  for (const theme of ['light', 'dark']) {
    it(`shows every state, ${theme}`, () =>
      onPage({ theme, now: Date.parse('2020-01-01T00:00:00Z') }, async (page) => {
        for (const [name, migrator] of Object.entries(all)) {
          await page.clock.setFixedTime(lookedAt(migrator));
          await show(page, 'tab', { resource: migrator, application: application(migrator), tree: { nodes: [] } });
          const expected = await page.evaluate((given) => window.migratorExtension.view(given, Date.now()), migrator);
          assert.equal(await page.getByRole('heading', { level: 3 }).innerText(), expected.title, name);
          assert.equal(await page.getByRole('list', { name: 'Steps' }).first().getByRole('listitem').count(), expected.run?.steps.length ?? 0, name);
          assert.deepEqual(await tooPale(page), [], name);
          assert.equal(await wider(page), false, name);
          await screenshot(page, `${name}-${theme}`);
        }
      }));
  }

  it('is registered for Migrators', () =>
    onPage({ now: Date.now() }, async (page) => {
      const { group, kind, title } = await page.evaluate(() => window.registered.tab);
      assert.deepEqual([group, kind, title], ['migrations.coderanger.net', 'Migrator', 'Migrations']);
    }));

  for (const react of Object.keys(REACTS)) {
    it(`works with React ${react}`, () =>
      onPage({ react, now: lookedAt(byHand.reports) }, async (page) => {
        assert.match(await page.evaluate(() => window.React.version), new RegExp(`^${react}\\.`));
        await show(page, 'tab', { resource: byHand.reports, application: application(byHand.reports) });
        await page.getByText('shop:v2', { exact: true }).click();
        assert.equal(await page.getByText('applied 0006').isVisible(), true);
        assert.equal(await page.getByText('approved by dana@example.com').first().isVisible(), true);
      }));
  }

  it('can be used by keyboard', () =>
    onPage({ now: lookedAt(byHand.reports) }, async (page) => {
      await show(page, 'tab', { resource: byHand.reports, application: application(byHand.reports) });
      assert.equal(await page.getByText('applied 0006').isVisible(), false);
      for (let presses = 0; presses < 10 && !(await page.getByText('applied 0006').isVisible()); presses++) {
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
      }
      assert.equal(await page.getByText('applied 0006').isVisible(), true);
    }));

  it('copies the command that approves', () =>
    onPage({ now: lookedAt(byHand.shop) }, async (page) => {
      await show(page, 'tab', { resource: byHand.shop, application: application(byHand.shop) });
      await page.getByRole('button', { name: 'Copy' }).first().click();
      await page.getByRole('button', { name: 'Copied' }).waitFor();
      assert.equal(
        await page.evaluate(() => navigator.clipboard.readText()),
        "kubectl -n shop annotate --overwrite migrator shop migrations.coderanger.net/approve='registry.example.com/shop:v2 shop-1a2b3c'",
      );
    }));

  it('shows what is running on while it runs', () =>
    onPage({ now: lookedAt(byHand.billing) }, async (page) => {
      await show(page, 'tab', { resource: byHand.billing, application: application(byHand.billing) });
      await page.getByRole('heading', { name: 'Current run · 4 min 11 s' }).waitFor();
      await page.clock.runFor(3000);
      await page.getByRole('heading', { name: 'Current run · 4 min 14 s' }).waitFor();
    }));

  it('shows the newest state without anybody’s doing', () => {
    let state = byHand.billing;
    return onPage({ now: lookedAt(byHand.billing), api: (name) => name === 'billing' && state }, async (page, requests) => {
      await show(page, 'tab', { resource: byHand.billing, application: application(byHand.billing) });
      await page.getByRole('heading', { name: 'Migrating' }).waitFor();
      state = { ...byHand.billing, status: { phase: 'Migrated', observedGeneration: 2 } };
      await page.clock.runFor(6000);
      await page.getByRole('heading', { name: 'Migrated' }).waitFor();
      const before = requests.length;
      await page.clock.runFor(60000);
      assert.equal(requests.length, before, 'nothing is asked any more once it is settled');
      assert.equal(requests.at(-1).pathname, '/argo-cd/api/v1/applications/shop/resource');
      assert.equal(requests.at(-1).searchParams.get('appNamespace'), 'argocd');
    });
  });

  it('shows every text as text', () => {
    const hostile = JSON.parse(JSON.stringify(byHand.reports), (key, value) =>
      typeof value === 'string' && !/Time$|^(phase|outcome|state|kind|type|status|reason|name)$/.test(key) ? `<img src=x onerror="document.title='bad'">${value}` : value);
    return onPage({ now: lookedAt(byHand.reports) }, async (page) => {
      await show(page, 'tab', { resource: hostile, application: application(byHand.reports) });
      assert.equal(await page.locator('#panel img').count(), 0);
      assert.equal(await page.title(), 'Argo CD');
      assert.ok((await page.locator('#panel').innerText()).includes('<img src=x'));
    });
  });

  it('shows a long history bit by bit', () => {
    const long = { ...byHand.reports, status: { ...byHand.reports.status, history: Array.from({ length: 40 }, (_, index) => ({ id: `r${index}`, outcome: 'Succeeded', revision: `shop:v${index}`, job: 'j' })) } };
    return onPage({ now: lookedAt(byHand.reports) }, async (page) => {
      await show(page, 'tab', { resource: long, application: application(long) });
      assert.equal(await page.locator('details').count(), 10);
      await page.getByRole('button', { name: 'Show all 39' }).click();
      assert.equal(await page.locator('details').count(), 39);
    });
  });

  it('shows something for a resource without anything', () =>
    onPage({ now: Date.now() }, async (page) => {
      await show(page, 'tab', { application: {}, resource: null });
      await page.getByRole('heading', { name: 'Not seen by the operator yet' }).waitFor();
    }));
});

describe('the item in the status panel', () => {
  const migrators = [byHand.reports, byHand.shop, byHand.billing];
  const api = (name) => byHand[name];

  for (const theme of ['light', 'dark']) {
    it(`tells of the most urgent Migrator, ${theme}`, () =>
      onPage({ theme, now: lookedAt(byHand.shop), api }, async (page) => {
        await show(page, 'item', { application: application(byHand.billing, byHand.shop) });
        await page.getByText('Waiting for approval').waitFor();
        await page.getByText('shop · step 1/4 plan · shop:v2 · 5 pods wait').waitFor();
        await page.getByText('and 1 other Migrator', { exact: true }).waitFor();
        assert.deepEqual(await tooPale(page), []);
        await screenshot(page, `status-panel-${theme}`);
      }));
  }

  it('opens all of them', () =>
    onPage({ now: lookedAt(byHand.shop), api }, async (page) => {
      await show(page, 'item', { application: application(...migrators), tree: {} });
      await page.getByRole('button', { name: 'More about the migrations' }).click();
      await page.getByRole('region', { name: 'Migrations of billing' }).waitFor();
      assert.equal(await page.locator('section.migrator').count(), 3);
    }));

  it('is not there when there is no Migrator', () =>
    onPage({ now: Date.now(), api }, async (page, requests) => {
      await show(page, 'item', { application: application() });
      assert.equal(await page.locator('.application-status-panel__item').count(), 0);
      assert.equal(requests.filter((url) => url.pathname.includes('/api/')).length, 0);
    }));

  it('says so when Argo CD does not give the Migrator', () =>
    onPage({ now: Date.now() }, async (page) => {
      await show(page, 'item', { application: application(byHand.reports) });
      await page.getByText('Argo CD answers 404').waitFor();
    }));

  it('keeps its errors to itself', () =>
    onPage({ now: Date.now(), api }, async (page) => {
      await page.evaluate(() => {
        // React tells of errors on the console; here one is expected
        console.error = console.warn = () => {};
        window.migratorExtension.migratorsOf = () => { throw new Error('a mistake of ours'); };
      });
      await show(page, 'item', { application: application(byHand.reports) });
      await page.getByText('The migration cannot be shown: a mistake of ours').waitFor();
    }));
});
