/** The playbook that repairs the shop, as this demo needs it: proposed or by itself, over systemd or over `shopctl`. */
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from './environment.ts';

export type Mode = 'propose' | 'auto';

const shipped = fileURLToPath(new URL('../../playbooks', import.meta.url));

/** The folder to load: the shipped playbooks, or a copy with another way to restart the shop. */
export async function playbooksFor({
  mode,
  environment,
  dir,
}: {
  mode: Mode;
  environment: Environment;
  dir: string;
}): Promise<string> {
  if (mode === 'propose' && environment.target === 'systemd') return shipped;
  await rm(dir, { recursive: true, force: true });
  await mkdir(dirname(dir), { recursive: true });
  await cp(shipped, dir, { recursive: true });
  await writeFile(join(dir, 'restart-shop.yml'), restartShop(mode, environment));
  return dir;
}

function restartShop(mode: Mode, { target, restart }: Environment): string {
  const approve = ['  - id: approve', '    action: approval', '    with: {approvers: {roles: [responder]}}'];
  const act =
    target === 'systemd'
      ? ['    action: ssh.systemd', '    with: {host: "${{ inputs.host }}", unit: shop.service, do: restart}']
      : ['    action: ssh.exec', `    with: {host: "\${{ inputs.host }}", argv: ${JSON.stringify(restart)}}`];
  return [
    'schema: playbook/v1',
    'id: restart-shop',
    'name: Restart the shop',
    'owners: [team-shop]',
    'triggers:',
    `  - alert: ['alertname="ShopErrors"']`,
    `    mode: ${mode}`,
    '  - manual: {roles: [responder]}',
    'inputs:',
    '  host: {type: host, from: alert.labels.instance}',
    'steps:',
    ...(mode === 'propose' ? approve : []),
    '  - id: restart',
    '    name: Restart the shop',
    ...act,
    '    verify:',
    '      - name: the error ratio is below 5 %',
    '        action: prometheus.query',
    `        with: {query: 'max(shop_error_ratio{job="shop"})'}`,
    '        expect: "${{ result.not_empty && result.value < 0.05 }}"',
    '        within: 60s',
    '        interval: 2s',
    '        stable_for: 4s',
    '',
  ].join('\n');
}
