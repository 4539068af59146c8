/** Small valid things that the contracts commit. */
import type { AlertRecord } from '../../src/domain/alert.ts';
import type { Effect } from '../../src/domain/effect.ts';
import type { EffectId, EventId, Fingerprint, IncidentId, RunId } from '../../src/domain/ids.ts';
import type { TimelineEntry } from '../../src/domain/timeline.ts';
import type { Change, CommitResult, EffectHold, Store, WakeUp } from '../../src/engine/ports.ts';

/** The same data through two clients, as two processes see it. */
export interface TwoClients {
  readonly store: Store;
  readonly second: Store;
}
export type Open = () => Promise<TwoClients>;

export const incident = (number: number): IncidentId => `inc-${number}` as IncidentId;

export const change = (over: Partial<Change> = {}): Change => ({
  id: incident(1),
  kind: 'incident',
  version: 0,
  state: { title: 'Checkout is down' },
  open: true,
  history: [],
  records: [],
  claims: [],
  effects: [],
  causes: [],
  ...over,
});

export const entry = (detail: string): TimelineEntry => ({
  event: `event-${detail}` as EventId,
  at: 1_700_000_000_000,
  actor: 'Alertmanager',
  reason: 'first_alert',
  detail,
});

export const record = (fingerprint: string, over: Partial<AlertRecord> = {}): AlertRecord => ({
  fingerprint: fingerprint as Fingerprint,
  status: 'firing',
  labels: { alertname: 'Down', instance: `${fingerprint}:9100` },
  annotations: { summary: 'It "is" down\n→ really' },
  startsAt: 1_700_000_000_000,
  endsAt: 0,
  generatorURL: '',
  groupKey: '{}:{alertname="Down"}',
  source: 'alertmanager',
  since: 1_700_000_000_000,
  ...over,
});

export const refresh = (name = 'card'): Effect => ({
  id: `refresh_card:${name}` as EffectId,
  kind: 'refresh_card',
  incident: incident(1),
  urgency: 5,
});

export const step = (name: string, dueAt?: number): Effect => ({
  id: `run_step:${name}` as EffectId,
  kind: 'run_step',
  run: 'run-1' as RunId,
  step: name,
  attempt: 1,
  urgency: 2,
  ...(dueAt !== undefined && { dueAt }),
});

export const event = (name: string) => ({ kind: 'event', event: name as EventId }) as const;

export const wokenBy = (result: CommitResult): readonly WakeUp[] => (result.kind === 'committed' ? result.fresh : []);

export const minuteMs = 60_000;

/** Opens the effect and claims it. */
export async function begun(store: Store, effect: Effect, leaseMs = minuteMs): Promise<EffectHold> {
  await store.effects.open([effect]);
  return begin(store, effect, leaseMs);
}

export async function begin(store: Store, effect: Effect, leaseMs = minuteMs): Promise<EffectHold> {
  const found = await store.effects.begin(effect.id, { owner: 'worker' }, leaseMs);
  if (!found) throw new Error(`${effect.id} is not to be had`);
  return found.hold;
}

/** Asks until the answer is there; the test's own time limit is the only clock. */
export async function until<Answer>(ask: () => Promise<Answer | undefined | false>): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
