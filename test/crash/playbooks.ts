/** The playbooks of the crash tests: together they bring about every kind of effect. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onceStep } from './cuts.ts';

const trigger = (more = ''): string => `triggers:\n  - {alert: ['alertname="ShopErrors"'], mode: auto${more}}`;
const head = (id: string, name: string): string => `schema: playbook/v1\nid: ${id}\nname: ${name}\nowners: [team-shop]`;
const approve = (more = ''): string =>
  `  - {id: approve, action: approval, with: {approvers: {roles: [responder]}${more}}}`;
const look = "  - {id: look, action: prometheus.query, with: {query: 'vector(1)'}}";
const never = `    verify: [{action: prometheus.query, with: {query: 'vector(1)'}, expect: '\${{ result.value == 2.0 }}', within: 5m, interval: 1s}]`;
const soon = never.replace('2.0', '1.0');

/** Approved by people; a step that may be repeated, a rest, and one that may not. */
const repair = (ledger: string): string => `${head('repair', 'Repair')}
${trigger()}
steps:
${approve()}
  - {id: nudge, action: ssh.exec, effect: idempotent, with: {host: shop-1, argv: ['${ledger}', nudge]}}
  - {id: rest, action: wait, with: {for: 1s}}
  - id: ${onceStep}
    action: ssh.exec
    effect: once
    with: {host: shop-1, argv: ['${ledger}', ${onceStep}]}
${soon}
`;

/** Begins later, and nobody approves it. */
const expires = `${head('expires', 'Expires')}
${trigger(', for: 1s')}
steps:
${approve(', expires_in: 2s')}
${look}
`;

/** Still waits for people when the alert is over. */
const lasts = `${head('lasts', 'Lasts')}
${trigger()}
on_alert_resolved: cancel_pending
steps:
${approve()}
${look}
`;

/** What it waits for never comes true. */
const givesUp = `${head('gives-up', 'Gives up')}
timeout: 3s
${trigger()}
steps:
  - id: look
    action: prometheus.query
    with: {query: 'vector(1)'}
${never}
`;

/** Nobody answers it. */
const asks = `${head('asks', 'Asks')}
${trigger()}
steps:
  - {id: which, action: ask, with: {question: Which?, answer: {type: string}, expires_in: 3s}}
${look}
`;

export async function writePlaybooks(dir: string, ledger: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const all = { repair: repair(ledger), expires, lasts, asks, 'gives-up': givesUp };
  for (const [name, text] of Object.entries(all)) await writeFile(join(dir, `${name}.yml`), text);
}
