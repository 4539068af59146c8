/** A responder's ten minutes in a real browser, by typing and clicking only; all that is behind the page is real too. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { startStage } from '../../src/demo/stage.ts';
import { connect } from '../simulator/support/socket-app.ts';
import { type Json, openWorkspace, shippedManifest, wideManifest } from '../simulator/support/workspace.ts';
import { type Visit, visit } from '../support/browser.ts';

const longMs = 180_000;
const patientMs = 45_000;
const images = new URL('../../docs/images/', import.meta.url).pathname;

test('a responder sees the alert, reads the graph, runs the playbook, lets somebody approve, and sees it resolved', {
  timeout: longMs,
}, async () => {
  const { page, complaints, transferred } = await openDemo();
  await page.getByText('Simulator, not Slack').waitFor();
  expect(await transferred()).toBeLessThan(120_000);

  await page.getByRole('button', { name: 'Break the shop' }).click();
  await page.locator('.entry[data-channel^="inc-"]').click({ timeout: patientMs });
  const card = page.locator('.message.pinned');
  await card.getByText('of the requests to the shop fail').first().waitFor();
  const graph = page.locator('figure img').first();
  await graph.waitFor({ timeout: patientMs });
  await expect.poll(async () => (await graph.boundingBox())?.width).toBeGreaterThan(500);
  await card.scrollIntoViewIfNeeded();
  await picture(page, 'channel');
  await readGraph(page);

  await type(page, '/incident list');
  await page.locator('.whisper').getByText('inc-1', { exact: true }).waitFor();
  await card.getByRole('button', { name: 'Acknowledge' }).click();
  await card.getByText('Acknowledged').waitFor();
  await card.getByRole('button', { name: 'Run Restart the shop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click();

  await approve(page);
  await page.locator('.whisper').getByText('somebody else must approve it').waitFor();
  await page.getByText('Would be restarted').waitFor({ timeout: patientMs });
  await picture(page, 'approval');
  await actAs(page, 'Bob Brown');
  await approveWith(page, 'The queue is drained.');
  await page.getByText('approved by bob').first().waitFor();
  await page.getByText('The queue is drained.').first().waitFor();

  await page.getByText('succeeded in').waitFor({ timeout: patientMs });
  await page.locator('.topic').getByText('Resolved').waitFor({ timeout: patientMs });
  await page.getByText('it stayed quiet').waitFor();
  await picture(page, 'resolved');
  expect(complaints).toEqual([]);
});

test('a person fills in modals by keyboard, and hears at the field what is wrong', async () => {
  const { page, app, post } = await openAlone({
    reply: { response_action: 'errors', errors: { why: 'Say more than that.' } },
  });
  await post('chat.postMessage', {
    channel: 'general',
    text: 'A question',
    blocks: [actions([press('ask', 'Ask me')])],
  });
  await page.getByRole('button', { name: 'Ask me' }).click();
  await expect.poll(() => app.envelopes().length).toBe(1);
  await post('views.open', { trigger_id: app.envelopes()[0]?.payload?.trigger_id, view: reasonModal });

  const dialog = page.getByRole('dialog');
  await dialog.getByText('Why do you ask?').waitFor();
  await page.keyboard.press('Tab');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await dialog.getByText('Please fill this in.').waitFor();
  await page.keyboard.type('because');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await dialog.getByText('Say more than that.').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
});

test('text from alerts stays text, whatever it says, and a click that nobody answers is told', async () => {
  const { page, post, complaints } = await openAlone({ silent: true });
  const hostile =
    '<img src=x onerror=alert(1)><script>alert(2)</script> <javascript:alert(3)|click> <https://example.com/|*safe*>';
  await post('chat.postMessage', { channel: 'general', text: hostile });
  await post('chat.postMessage', {
    channel: 'general',
    text: 'x',
    blocks: [actions([press('ask', hostile.slice(0, 70))])],
  });
  await page.getByText('<img src=x onerror=alert(1)>').first().waitFor();
  expect(await page.locator('#timeline script, #timeline img, #timeline a:not([href^="https://"])').count()).toBe(0);
  expect(await page.getByRole('link', { name: 'safe' }).getAttribute('rel')).toContain('noopener');
  await page.locator('[data-action=ask]').click();
  await page.getByText('Tocsin did not respond').waitFor();
  expect(complaints).toEqual([]);
});

test('commands complete, channels switch and threads open without a mouse', async () => {
  const { page, app, post } = await openAlone();
  const { ts } = await post('chat.postMessage', { channel: 'general', text: 'Anybody here?' });
  await post('chat.postMessage', { channel: 'general', text: 'Yes, me.', thread_ts: ts });
  await page.keyboard.type('/inc');
  await page.getByRole('option', { name: '/incident' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type('li');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect.poll(() => app.envelopes()[0]?.payload).toMatchObject({ command: '/incident', text: 'list' });
  await page.keyboard.press('ArrowUp');
  expect(await page.locator('#say').inputValue()).toBe('/incident list');
  await page.getByRole('button', { name: '1 reply' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('#thread').getByText('Yes, me.').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('#thread').waitFor({ state: 'hidden' });
  await page.keyboard.press('Control+k');
  await page.keyboard.type('shop');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'shop-alerts', exact: true }).waitFor();
});

test('the arrow keys walk through the messages, and the tab key skips what can be done with each', async () => {
  const { page, post } = await openAlone();
  await post('chat.postMessage', { channel: 'general', text: 'The first' });
  await post('chat.postMessage', { channel: 'general', text: 'The second' });
  await page.getByText('The second').waitFor();
  await page.keyboard.press('Shift+Tab');
  expect(await focused(page)).toBe('timeline');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  expect(await page.locator('.message:focus').textContent()).toContain('The first');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '👀 1' }).waitFor();
  expect(await page.locator(':focus').getAttribute('aria-label')).toBe('React with eyes');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.locator('#thread').getByText('The first').waitFor();
  expect(await focused(page)).toBe('reply');
});

test('Enter in the switcher goes to the channel and presses nothing, and a button that goes leaves the focus to its message', async () => {
  const { page, app, post } = await openAlone();
  await page.getByRole('button', { name: 'Slack answers 429' }).focus();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('general');
  await page.keyboard.press('Enter');
  await expect.poll(() => focused(page)).toBe('say');
  expect(await page.locator('.toast').count()).toBe(0);

  const blocks = [actions([press('ask', 'Ask me')])];
  const { ts, channel } = await post('chat.postMessage', { channel: 'general', text: 'A question', blocks });
  await page.getByRole('button', { name: 'Ask me' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => app.envelopes().length).toBe(1);
  await post('chat.update', { channel, ts, text: 'It was asked.', blocks: [] });
  await page.getByText('It was asked.').waitFor();
  expect(await page.locator('.message:focus').textContent()).toContain('It was asked.');
});

test('who writes sees what comes of it, however far up they had read', async () => {
  const { page, post } = await openAlone();
  for (let i = 1; i <= 40; i++) await post('chat.postMessage', { channel: 'general', text: `Line ${i}` });
  await page.getByText('Line 40', { exact: true }).waitFor();
  await page.locator('#timeline').evaluate((list) => list.scrollTo(0, 0));
  await page.getByRole('button', { name: 'Newest messages' }).waitFor();
  // A name that is written out already needs no second Enter.
  await type(page, 'Here I am, @alice');
  const mine = page.getByText('Here I am,');
  await mine.waitFor();
  await expect.poll(async () => (await mine.boundingBox())?.y).toBeLessThan(760);
});

test('a lever shows how long its trouble goes on, and no longer', async () => {
  const { page } = await openAlone();
  await page.getByRole('button', { name: 'Slack answers 429' }).click();
  await page.getByText('Slack answers 429 for 20 seconds.').waitFor();
  await page.getByRole('progressbar').waitFor();
  await page.getByRole('button', { name: 'All is well again' }).click();
  await page.getByRole('progressbar').waitFor({ state: 'hidden' });
});

test('a form asks the app for options and takes files, and a workflow button says whose affair it is', async () => {
  const options = ['Payments', 'Parcels'].map((text) => ({ text: plain(text), value: text.toLowerCase() }));
  const { page, app, post, complaints } = await openAlone({ reply: { options }, manifest: wideManifest() });
  const workflow = { trigger: { url: 'https://slack.com/shortcuts/Ft0/x' } };
  const go = { type: 'workflow_button', action_id: 'go', text: plain('Start it'), workflow };
  await post('chat.postMessage', { channel: 'general', text: 'x', blocks: [actions([press('ask', 'Ask me'), go])] });
  await page.getByRole('button', { name: 'Start it' }).click();
  await page.getByText('Workflows are not simulated.').waitFor();
  expect(app.envelopes()).toEqual([]);

  await page.getByRole('button', { name: 'Ask me' }).click();
  await expect.poll(() => app.envelopes().length).toBe(1);
  await post('views.open', { trigger_id: app.envelopes()[0]?.payload?.trigger_id, view: serviceModal });
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Which service?').pressSequentially('par');
  await dialog.getByRole('option', { name: 'Payments' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await dialog.getByLabel('Which service?').inputValue()).toBe('Parcels');
  const log = { name: 'shop.log', mimeType: 'text/plain', buffer: Buffer.from('It broke.') };
  await dialog.getByLabel('The log').setInputFiles(log);
  await dialog.getByRole('button', { name: 'Take out shop.log' }).waitFor();
  await dialog.getByRole('button', { name: 'Send' }).click();
  await dialog.waitFor({ state: 'hidden' });
  expect(app.envelopes().at(-1)?.payload).toMatchObject({
    view: {
      state: {
        values: { service: { s: { selected_option: options[1] } }, log: { f: { files: [{ name: 'shop.log' }] } } },
      },
    },
  });
  expect(complaints).toEqual([]);
});

test('the traffic inspector says when nothing is found', async () => {
  const { page } = await openAlone();
  await page.getByRole('button', { name: 'Traffic' }).click();
  await page.getByRole('searchbox', { name: 'Filter the traffic' }).fill('files.nothing');
  await page.getByText('No call or envelope has “files.nothing” in it.').waitFor();
});

async function openDemo(): Promise<Visit> {
  const dir = mkdtempSync(join(tmpdir(), 'tocsin-browser-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const stage = await startStage({ mode: 'propose', dir, say: () => undefined });
  onTestFinished(() => stage.stop());
  return await visiting(`${stage.urls.slack}/`);
}

async function visiting(url: string): Promise<Visit> {
  const visited = await visit(url);
  onTestFinished(() => visited.close());
  return visited;
}

interface Manners {
  silent?: boolean;
  reply?: Json;
  manifest?: object;
}

/** The simulator alone, with an app of a few lines. */
async function openAlone({ manifest = shippedManifest(), ...manners }: Manners = {}) {
  const slack = await openWorkspace({ manifest });
  onTestFinished(() => slack.close());
  const app = await connect(slack, manners);
  const visited = await visiting(`${slack.url}/`);
  await visited.page.getByRole('button', { name: 'general' }).click();
  await visited.page.getByRole('heading', { name: 'general', exact: true }).waitFor();
  return { ...visited, app, post: slack.call };
}

const plain = (text: string) => ({ type: 'plain_text', text });
const press = (action_id: string, text: string) => ({ type: 'button', action_id, text: plain(text) });
const actions = (elements: object[]) => ({ type: 'actions', elements });
const reasonModal = {
  type: 'modal',
  title: plain('A question'),
  submit: plain('Send'),
  blocks: [
    {
      type: 'input',
      block_id: 'why',
      label: plain('Why do you ask?'),
      element: { type: 'plain_text_input', action_id: 'a' },
    },
  ],
};

const serviceModal = {
  type: 'modal',
  title: plain('Where is it?'),
  submit: plain('Send'),
  blocks: [
    {
      type: 'input',
      block_id: 'service',
      label: plain('Which service?'),
      element: { type: 'external_select', action_id: 's' },
    },
    {
      type: 'input',
      block_id: 'log',
      label: plain('The log'),
      element: { type: 'file_input', action_id: 'f', filetypes: ['log'], max_files: 1 },
    },
  ],
};

async function type(page: Page, text: string): Promise<void> {
  await page.locator('#say').click();
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

const focused = (page: Page): Promise<string | null> => page.locator(':focus').getAttribute('id');

async function readGraph(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /^Enlarge/ })
    .first()
    .click();
  await page.locator('dialog.lightbox img').waitFor();
  await page.keyboard.press('Escape');
}

async function actAs(page: Page, name: string): Promise<void> {
  await page
    .getByRole('button', { name: /^Act as|Alice Adams/ })
    .first()
    .click();
  await page.getByRole('button', { name }).click();
}

/** A dialog asks once more where the card says so. */
async function approve(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Approve', exact: true }).click({ timeout: patientMs });
  const again = page.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true });
  if (await again.isVisible()) await again.click();
}

/** A form asks for what shall stand on the card. */
async function approveWith(page: Page, comment: string): Promise<void> {
  await page.getByRole('button', { name: 'Approve with a comment…' }).click({ timeout: patientMs });
  const form = page.getByRole('dialog');
  await form.getByText('Approve exactly this?').waitFor();
  await page.keyboard.type(comment);
  await form.getByRole('button', { name: 'Approve', exact: true }).click();
  await form.waitFor({ state: 'hidden' });
}

/** Kept for the documentation when asked for. */
async function picture(page: Page, name: string): Promise<void> {
  if (process.env.UPDATE_SCREENSHOTS !== '1') return;
  mkdirSync(images, { recursive: true });
  await page.setViewportSize({ width: 1280, height: 960 });
  await page.mouse.move(640, 26);
  await page.locator('.toast').waitFor({ state: 'detached' });
  await page.screenshot({ path: join(images, `${name}.png`) });
  await page.setViewportSize({ width: 1280, height: 800 });
}
