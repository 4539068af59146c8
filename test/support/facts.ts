/** Facts and states for decide tables: the real pure functions, a small policy, one clock. */
import type { AlertRecord } from '../../src/domain/alert.ts';
import type { Approval } from '../../src/domain/approval.ts';
import { decideRun } from '../../src/domain/decide-run.ts';
import type { Facts } from '../../src/domain/facts.ts';
import type { ChannelRef, EventId, IncidentId, PlanDigest, PlaybookHash, RunId } from '../../src/domain/ids.ts';
import type { Incident, IncidentStatus } from '../../src/domain/incident.ts';
import type { Playbook } from '../../src/domain/playbook.ts';
import type { Run } from '../../src/domain/run.ts';
import { pureFunctions } from '../../src/playbooks/pure.ts';
import { firing, nine } from './alerts.ts';
import { fakeActions } from './fake-actions.ts';
import { alice } from './people.ts';
import { loadedFrom, policy } from './scenario.ts';

export const pure = pureFunctions({ hosts: ['shop-1', 'shop-2'] });
const { actions } = fakeActions();

export const now = nine + 60_000;

export const facts = (over: Partial<Facts> = {}, playbooks: readonly Playbook[] = []): Facts => ({
  now,
  policy,
  alerts: new Map(),
  over: new Set(),
  routes: new Set(['route/am/{}:{alertname="ShopDown"}']),
  number: 1,
  serviceHeldBy: null,
  playbooks,
  playbook: (hash) => playbooks.find((playbook) => playbook.hash === hash),
  action: (id) => actions.find((action) => action.id === id),
  pure,
  held: () => null,
  ...over,
});

export const record = (name: string, over: Partial<AlertRecord> = {}): AlertRecord => ({
  ...firing(name),
  source: 'am',
  groupKey: '{}:{alertname="ShopDown"}',
  since: nine,
  ...over,
});

export const incident = (status: IncidentStatus, over: Partial<Incident> = {}): Incident => ({
  id: 'inc-1' as IncidentId,
  number: 1,
  title: 'The shop is down',
  service: 'shop',
  severity: 'sev1',
  status,
  openedAt: nine,
  openedBy: { kind: 'alert', source: 'am' },
  lastFiredAt: nine,
  counts: { firing: 1, resolved: 0, fresh: 0 },
  truncated: {},
  subject: firing('a'),
  externalURL: '',
  channelPolicy: 'first_alert',
  channel: { id: 'C1' as ChannelRef, name: 'inc-1-shop' },
  card: { channel: 'C1' as ChannelRef, ts: '1' },
  summary: { channel: 'C2' as ChannelRef, ts: '2' },
  evidence: [],
  evidenceProblems: [],
  proposals: [],
  runs: [],
  heard: [],
  ...(status === 'acknowledged' && { acknowledgedBy: 'alice', acknowledgedAt: nine }),
  ...(status === 'mitigated' && { quietSince: nine, counts: { firing: 0, resolved: 1, fresh: 0 } }),
  ...((status === 'resolved' || status === 'closed') && {
    quietSince: nine,
    resolvedAt: nine,
    counts: { firing: 0, resolved: 1, fresh: 0 },
  }),
  ...over,
});

export const playbook = (text: string): Playbook => loadedFrom(text, actions);

export const runId = 'run-1' as RunId;

/** As a person has just asked for it. */
export function requested(of: Playbook, over: Partial<Facts> = {}): Run {
  const request = {
    playbook: of.hash as PlaybookHash,
    incident: 'inc-1' as IncidentId,
    mode: 'manual' as const,
    requestedBy: alice,
    inputs: { host: 'shop-1' },
    subject: {
      incident: { id: 'inc-1' as IncidentId, number: 1, title: 'x', severity: 'sev1' as const, service: 'shop' },
    },
  };
  const event = { id: 'e0' as EventId, kind: 'run_requested', request } as const;
  const { state, reason } = decideRun(runId, undefined, { event, facts: facts({ now: nine, ...over }, [of]) });
  if (!state) throw new Error(`no run: ${reason}`);
  return state;
}

export const approval = (over: Partial<Approval> = {}): Approval => ({
  id: 'approve.1',
  step: 'approve',
  digest: 'abcdef0123' as PlanDigest,
  covers: [],
  spec: {
    approvers: { roles: ['responder'], users: [], groups: ['sre'] },
    minApprovals: 1,
    atLeast: {},
    allowRequester: false,
    expiresInMs: 900_000,
    startWithinMs: 300_000,
    comment: 'optional',
    show: [],
    message: '',
  },
  status: 'waiting',
  askedAt: nine,
  expiresAt: nine + 900_000,
  decisions: [],
  shown: [],
  ...over,
});
