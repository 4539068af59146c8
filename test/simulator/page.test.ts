/** The workspace page from its server's side: what is served, to whom, and how a page hears of changes. */
import { request } from 'node:http';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../../src/simulator/index.ts';
import { connect } from './support/socket-app.ts';
import { GENERAL, openStage, type Stage } from './support/stage.ts';
import { shippedManifest } from './support/workspace.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const asset = /(?:href|src)="(\/page\/[^"]+)"|from '\.\/([\w-]+\.ts)'/g;

/** The page and everything it loads, found as a browser would. */
async function wholePage(url: string): Promise<Map<string, { type: string | null; text: string }>> {
  const found = new Map<string, { type: string | null; text: string }>();
  const wanted = ['/'];
  for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
    if (found.has(path)) continue;
    const response = await fetch(url + path);
    expect([path, response.status]).toEqual([path, 200]);
    const text = await response.text();
    found.set(path, { type: response.headers.get('content-type'), text });
    for (const [, whole, sibling] of text.matchAll(asset)) wanted.push(whole ?? `/page/${sibling}`);
  }
  return found;
}

test('the page is whole, small, marked as a simulator, and made of what a browser understands', async () => {
  const files = await wholePage(stage.url);
  expect(files.size).toBeGreaterThan(20);
  expect(files.get('/')?.text).toContain('Simulator, not Slack');
  expect(files.get('/page/theme.css')?.type).toContain('text/css');
  expect(files.get('/page/main.ts')?.type).toContain('text/javascript');
  expect(files.get('/page/app.ts')?.text).not.toContain('interface');
  expect([...files.values()].reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(200_000);
});

test('the policy lets in nothing from elsewhere and nothing inline, and no text ever becomes markup', async () => {
  const { headers } = await fetch(`${stage.url}/`);
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  const code = [...(await wholePage(stage.url)).entries()].filter(([path]) => path.endsWith('.ts'));
  for (const [path, { text }] of code)
    expect([path, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/.test(text)]).toEqual([path, false]);
});

test('permalinks lead to the page, links of files to their bytes, and those can run nothing', async () => {
  const ts = await stage.post(GENERAL);
  const { permalink } = await stage.must('chat.getPermalink', { channel: GENERAL, message_ts: ts });
  expect(await (await fetch(String(permalink))).text()).toContain('Simulator, not Slack');
  const id = await stage.upload('<svg onload="alert(1)"/>');
  const { files } = await stage.must('files.completeUploadExternal', { files: [{ id }] });
  const [{ permalink: link } = { permalink: '' }] = files as { permalink: string }[];
  const served = await fetch(link);
  expect(await served.text()).toContain('onload');
  expect(served.headers.get('content-security-policy')).toContain('sandbox');
  expect(served.headers.get('x-content-type-options')).toBe('nosniff');
});

test.each([
  { what: 'another site', headers: { 'sec-fetch-site': 'cross-site' } },
  { what: 'another port of this machine', headers: { 'sec-fetch-site': 'same-site' } },
])('$what may link to the page but not use it', async ({ headers }) => {
  const use = await fetch(`${stage.controlUrl}/levers/clear-faults`, { method: 'POST', headers });
  expect([use.status, await use.text()]).toEqual([403, expect.stringContaining('own page')]);
  expect((await fetch(`${stage.controlUrl}/state`, { headers })).status).toBe(403);
  expect((await fetch(`${stage.url}/`, { headers })).status).toBe(200);
});

test('only an address leads to the page: a name could be somebody else’s that points here', async () => {
  const statusAt = (host: string) =>
    new Promise((resolve) => {
      request(`${stage.url}/`, { headers: { host } }, (response) => resolve(response.resume().statusCode)).end();
    });
  expect(await statusAt('localhost:1234')).toBe(200);
  expect(await statusAt('[::1]:1234')).toBe(200);
  expect(await statusAt('rebound.example:1234')).toBe(403);
});

test('each change is pushed: a message, what a person does, a socket that comes', async () => {
  const { changes } = await watch(stage.url);
  await changes(1);
  await stage.post(GENERAL);
  await changes(2);
  await stage.said('Hello?');
  await changes(3);
  const app = await connect(stage);
  await changes(4);
  await app.close();
  await changes(5);
});

/** Waits until so many changes were told. */
async function watch(url: string) {
  const end = new AbortController();
  onTestFinished(() => end.abort());
  const response = await fetch(`${url}/_control/events`, { signal: end.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let heard = '';
  const changes = async (wanted: number) => {
    while (heard.split('event: change').length <= wanted) heard += (await reader?.read())?.value ?? '';
  };
  return { changes };
}

test('the workspace tells the page what the manifest says of commands', async () => {
  const simulator = await startSimulator({ manifest: shippedManifest() });
  onTestFinished(() => simulator.close());
  const state = await (await fetch(`${simulator.controlUrl}/state`)).json();
  expect(state).toMatchObject({
    app: {
      name: 'Tocsin',
      home_tab: false,
      commands: [{ command: '/incident', usageHint: expect.stringContaining('list') }, {}, {}],
    },
  });
});
