/** Playbooks of scenarios in a few words, and what became of them. */
import { firing, group } from './alerts.ts';
import { type Stage, stage } from './scenario.ts';

export const down = group([firing('shop-1')]);

export const written = (steps: string, more = '', id = 'restart-shop'): string => `schema: playbook/v1
id: ${id}
name: Restart the shop
owners: [team-shop]
triggers:
  - alert: ['alertname="ShopDown"']
    mode: auto
${more}inputs:
  host: {type: host, from: alert.labels.instance}
steps:
${steps}`;

export const restart = (id: string, more = ''): string => `  - id: ${id}
    action: shop.restart
    with: {host: "\${{ inputs.host }}", id: ${id}}
${more}`;

export async function started(...playbooks: string[]): Promise<Stage> {
  const on = await stage({ playbooks });
  await on.sends(down);
  return on;
}

export const did = ({ actions }: Stage): readonly string[] =>
  actions.dispatched.map(({ action, args }) => `${action} ${String(args.id ?? args.host ?? '')}`.trim());

export const states = async (on: Stage): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries((await on.run()).steps.map(({ id, status }) => [id, status]));
