/** A folder with a playbook and its test, as an author would have it, and what playing it says. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { testPlaybooks } from '../../src/rehearsal/suite.ts';

export const head = `schema: playbook/v1
id: mend
name: Mend the shop
owners: [team-shop]
triggers:
  - alert: ['alertname="ShopErrors"']
    for: 2m
    mode: auto
  - manual: {roles: [responder]}
`;

export const restart =
  '  - {id: restart, action: ssh.systemd, with: {host: shop-1, unit: shop.service, do: restart}}\n';

export function folderOf(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'tocsin-rehearsal-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

export interface Written {
  /** After the head. */
  readonly playbook: string;
  /** Besides those of the head. */
  readonly triggers?: string;
  /** Each as `{…}` of YAML, without its name. */
  readonly cases: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

/** What each case says; nothing where it went as expected. */
export async function played({
  playbook,
  triggers = '',
  cases,
  files = {},
}: Written): Promise<readonly (readonly string[])[]> {
  const test = `test: playbook/v1\nplaybook: mend\nhosts: [shop-1, shop-2]\ncases:\n${cases.map((one, at) => `  - {name: case ${at}, ${one}}\n`).join('')}`;
  const dir = folderOf({ 'mend.yml': `${head}${triggers}${playbook}`, 'mend.test.yml': test, ...files });
  const tested = await testPlaybooks([dir]);
  return tested.map(({ problems }) => problems.map((problem) => problem.replace(`${dir}/`, '')));
}
