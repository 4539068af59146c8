/** `tocsin check`, as someone runs it before the first start. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { check } from '../src/check.ts';
import { loadConfig } from '../src/config/load.ts';

const dir = mkdtempSync(join(tmpdir(), 'tocsin-check-'));
afterAll(() => rmSync(dir, { recursive: true }));

const file = join(dir, 'tocsin.yml');
const host =
  '{name: shop-1, address: 10.0.0.7, user: tocsin, private_key: nowhere, host_key: "SHA256:ef6q3GnJZZzSOTbVb4mQBbEiZ1DUkyf1fpF0y9x6q3M"}';
writeFileSync(
  file,
  [
    'sources: {alertmanager: {bearer: "${env:TOCSIN_ALERTMANAGER_TOKEN}"}}',
    'slack: {bot_token: "${env:BOT}", app_token: "${env:APP}"}',
    `inventory: [${host}]`,
  ].join('\n'),
);
const env = { BOT: 'xoxb-0123456789', APP: 'xapp-0123456789', TOCSIN_ALERTMANAGER_TOKEN: 'a-token-of-many-letters' };

test('a folder of playbooks and a key that are not there are both said, with what to do', async () => {
  const { problems } = await check(loadConfig({ env, file }));
  expect(problems).toEqual([
    expect.stringMatching(/^The private key of `shop-1`.*nowhere, cannot be read \(ENOENT\)/),
    expect.stringMatching(
      /playbooks: the folder of playbooks cannot be read \(ENOENT\)\. Make it, or set `playbooks.folder`/,
    ),
  ]);
});

test('a role that nobody can have, and a calendar that is not there, are said with those that there are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-check-roles-'));
  const playbook = [
    'schema: playbook/v1',
    'id: look',
    'name: Look',
    'owners: [team]',
    'triggers: [{manual: {roles: [responder]}}]',
    'limits: {freeze: [{calendar: nights, override_roles: [boss]}, {calendar: db}]}',
    'steps:',
    '  - {id: ask, action: approval, with: {approvers: {roles: [resqonder]}}}',
    '  - {id: rest, action: wait, with: {for: 1s}}',
  ];
  writeFileSync(join(folder, 'look.yml'), playbook.join('\n'));
  const roles = join(folder, 'tocsin.yml');
  writeFileSync(
    roles,
    [
      'slack: {bot_token: "${env:BOT}", app_token: "${env:APP}"}',
      'roles: {responder: {}}',
      'calendars: {nights: {weekly: [sat-sun], timezone: UTC}}',
      'playbooks: {folder: .}',
    ].join('\n'),
  );
  const { problems } = await check(loadConfig({ env, file: roles }));
  rmSync(folder, { recursive: true });
  expect(problems.filter((problem) => problem.startsWith('playbook `look`'))).toEqual([
    expect.stringMatching(/`limits.freeze` wants the role `boss`/),
    expect.stringMatching(/step `ask` wants the role `resqonder`.*\(there: responder\)/),
    expect.stringMatching(
      /names the calendar `db`, which tocsin.yml does not have \(there: nights\), so it never starts/,
    ),
  ]);
});
