/** What `/metrics` reads when it is asked: how things stand in the store, in Slack and in the playbooks folder. */
import { guardKey, stopKey } from './domain/claim.ts';
import type { Breaker } from './domain/guards/breaker.ts';
import type { Incident } from './domain/incident.ts';
import { severities } from './domain/policy.ts';
import type { HeldClaim, Store } from './engine/ports.ts';
import type { World } from './engine/world.ts';
import type { Slack } from './slack/app.ts';
import type { Reading } from './telemetry/metrics.ts';

/** More than people look after: a reading of them all should not keep the store busy. */
const mostIncidents = 1_000;
const mostBreakers = 1_000;

export const gaugesOf =
  ({ store, playbooks }: World, { slack, pools }: { readonly slack: Slack; readonly pools: readonly string[] }) =>
  async (): Promise<readonly Reading[]> => {
    const stored = await inStore(store, pools).catch((): readonly Reading[] => [{ name: 'store_up', value: 0 }]);
    return [
      ...stored,
      ...(slack.state() === 'not_listening'
        ? []
        : [{ name: 'slack_connected', value: slack.state() === 'connected' ? 1 : 0 }]),
      { name: 'playbook_problems', value: playbooks.problems().length },
    ];
  };

async function inStore(store: Store, pools: readonly string[]): Promise<readonly Reading[]> {
  const [incidents, { open, oldestMs, oldestStepMs }, waiting, stopped, breakers, seen] = await Promise.all([
    openIncidents(store),
    store.effects.backlog(),
    store.inbox.size(),
    store.claims([stopKey]),
    store.claimsUnder(guardKey('breaker/'), mostBreakers),
    store.presence.pools(),
  ]);
  return [
    { name: 'store_up', value: 1 },
    ...severities.map((severity) => ({
      name: 'incidents_open',
      value: incidents.filter((incident) => incident.severity === severity).length,
      labels: { severity },
    })),
    { name: 'backlog_effects', value: open },
    { name: 'backlog_seconds', value: Math.max(oldestMs, oldestStepMs) / 1000 },
    { name: 'inbox_webhooks', value: waiting },
    { name: 'automation_stopped', value: stopped[0] == null ? 0 : 1 },
    { name: 'circuit_breakers_open', value: breakers.filter(isOpenBreaker).length },
    ...pools.map((pool) => ({
      name: 'workers',
      value: seen.find((one) => one.pool === pool)?.workers ?? 0,
      labels: { pool },
    })),
  ];
}

const isOpenBreaker = ({ value }: HeldClaim): boolean => (JSON.parse(value) as Breaker).openedAt !== undefined;

async function openIncidents(store: Store): Promise<readonly Incident[]> {
  const ids = await store.list('incident', 'open', mostIncidents);
  const loaded = await Promise.all(ids.map((id) => store.load(id)));
  return loaded.flatMap(({ state }) => (state ? [state as unknown as Incident] : []));
}
