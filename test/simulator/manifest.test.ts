/** The manifest is held against Slack's rules when it is pasted in, and a workspace can be brought along. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/index.ts';
import { COMMAND_LENGTHS, MANIFEST_LENGTHS } from '../../src/simulator/rules/check-manifest.ts';
import { openWorkspace } from './support/workspace.ts';

const x = (length: number) => 'x'.repeat(length);
const good = { display_information: { name: 'App' } };
const command = (change: object) => ({
  ...good,
  features: { slash_commands: [{ command: '/go', description: 'Goes', ...change }] },
});

const LIMITS: [path: string, most: number, manifest: (size: number) => object][] = [
  ['display_information.name', 35, (n) => ({ display_information: { name: x(n) } })],
  ['display_information.description', 140, (n) => ({ display_information: { name: 'App', description: x(n) } })],
  ['features.bot_user.display_name', 80, (n) => ({ ...good, features: { bot_user: { display_name: x(n) } } })],
  ['command', 32, (n) => command({ command: `/${x(n - 1)}` })],
  ['description', 2000, (n) => command({ description: x(n) })],
  ['usage_hint', 1000, (n) => command({ usage_hint: x(n) })],
];

test.each(LIMITS)('%s holds %i characters and no more', async (path, most, manifest) => {
  const simulator = await startSimulator({ manifest: manifest(most) });
  await simulator.close();
  await expect(startSimulator({ manifest: manifest(most + 1) })).rejects.toThrow(`${path} is longer than ${most}`);
});

test('every length in the manifest table is tried', () => {
  const inTable = [...MANIFEST_LENGTHS, ...COMMAND_LENGTHS];
  expect(inTable).toEqual(LIMITS.map(([path, most]) => [path, most]));
});

test.each([
  ['without a name', { display_information: {} }, 'display_information.name is required'],
  ['with a command without its slash', command({ command: 'go' }), 'must be one word that starts with a slash'],
  ['with a command nobody describes', command({ description: '' }), 'slash_commands[0].description is required'],
  [
    'with 51 commands',
    { ...good, features: { slash_commands: Array(51).fill({ command: '/go', description: 'Goes' }) } },
    'no more than 50',
  ],
  ['with 256 scopes', { ...good, oauth_config: { scopes: { bot: Array(256).fill('commands') } } }, 'no more than 255'],
])('a manifest %s is refused', async (_what, manifest, problem) => {
  await expect(startSimulator({ manifest })).rejects.toThrow(problem);
});

test('a manifest may be a path or pasted text; a workspace may be another than the default', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  const path = join(folder, 'manifest.yml');
  const text = 'display_information:\n  name: App\noauth_config:\n  scopes:\n    bot: [users:read]\n';
  writeFileSync(path, text);
  for (const manifest of [path, text]) {
    const slack = await openWorkspace({
      manifest,
      workspace: { users: [{ id: 'U1', name: 'zoe' }] },
      botToken: 'xoxb-1',
    });
    expect(slack.botToken).toBe('xoxb-1');
    const { members } = await slack.call('users.list');
    expect(members).toMatchObject([
      { name: 'zoe', real_name: 'zoe' },
      { is_bot: true, name: 'app' },
    ]);
    await slack.close();
  }
  await rm(folder, { recursive: true });
});
