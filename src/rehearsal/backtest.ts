/** `tocsin playbook backtest`: alerts of the past against triggers and limits, on a clock of their own. */
import type { Alert, AlertGroup } from '../domain/alert.ts';
import { type Playbook, type Step, startsByItself } from '../domain/playbook.ts';
import type { Policy } from '../domain/policy.ts';
import type { StepAction } from '../engine/ports.ts';
import { longestFor } from './people.ts';
import type { Setting } from './setting.ts';
import { deliver, openStage } from './stage.ts';

export interface Backtesting extends Setting {
  readonly playbook: Playbook;
  /** As they came. */
  readonly groups: readonly AlertGroup[];
  /** How every run is taken to have ended. */
  readonly assume: 'succeeded' | 'failed';
}

export interface Backtested {
  readonly groups: number;
  readonly started: number;
  /** Reason → how often. */
  readonly refused: Readonly<Record<string, number>>;
  readonly breakersOpened: number;
  readonly assume: Backtesting['assume'];
}

/** Proposals are taken as if somebody had clicked at once, approvals as given. */
export async function backtest({ playbook, groups, assume, ...setting }: Backtesting): Promise<Backtested> {
  const refused: Record<string, number> = {};
  const moments = momentsOf(groups);
  const [first] = moments;
  const stage = await openStage({
    ...setting,
    policy: policyFor(playbook, setting.policy),
    actions: [changing(assume)],
    playbooks: [byItself(playbook)],
    startsAt: first?.at ?? 0,
    onRefused: (reason) => {
      refused[reason] = (refused[reason] ?? 0) + 1;
    },
  });
  try {
    for (const { at, group } of moments) {
      while (await stage.skip(at));
      await stage.pass(Math.max(0, at - stage.now()));
      await deliver(stage, group);
    }
    const end = stage.now() + longestFor(playbook);
    while (await stage.skip(end));
    const runs = await stage.runs();
    const guards = await stage.guards();
    const open = guards.filter(({ key, value }) => key.startsWith('guard/breaker/') && isOpenBreaker(value));
    return { groups: groups.length, started: runs.length, refused, breakersOpened: open.length, assume };
  } finally {
    stage.close();
  }
}

/** Only its triggers and limits are of interest: what it does is one change that succeeds or fails. */
const byItself = (playbook: Playbook): Playbook => ({
  ...playbook,
  triggers: playbook.triggers.map((trigger) => (trigger.kind === 'alert' ? { ...trigger, mode: 'auto' } : trigger)),
  limits: withoutChange(playbook.limits),
  steps: [{ ...theChange, timeoutMs: playbook.timeoutMs }],
  onFailure: [],
  onCancel: [],
  finally: [],
});

/** What people start is never demoted. */
function policyFor(playbook: Playbook, policy: Policy): Policy {
  const { guardrails } = policy;
  const efficacy = { ...guardrails.efficacy, ...(!startsByItself(playbook) && { atLeast: 0 }) };
  return { ...policy, guardrails: { ...guardrails, efficacy } };
}

/** How much would change, only the real steps could say. */
const withoutChange = ({ maxChange: _, ...limits }: Playbook['limits']): Playbook['limits'] => limits;

const theChange: Step = {
  id: 'change',
  name: 'what the playbook does',
  action: 'backtest.change',
  with: {},
  outputs: {},
  timeoutMs: 0,
  effect: 'idempotent',
  retry: { maxAttempts: 1, retryOn: [], initialMs: 0, factor: 1, maxMs: 0, jitter: false },
  verify: [],
  rollback: [],
  continueOnError: false,
};

const changing = (assume: Backtesting['assume']): StepAction => ({
  id: theChange.action,
  version: 1,
  summary: theChange.name,
  effects: ['idempotent'],
  schema: {},
  codeFields: [],
  secretFields: [],
  outputs: [],
  check: () => [],
  lockOf: () => undefined,
  targetOf: () => ({}),
  describe: () => theChange.name,
  execute: async () =>
    assume === 'failed'
      ? { kind: 'failed', message: 'assumed', when: 'after_dispatch' }
      : { kind: 'succeeded', outputs: {} },
});

interface Moment {
  readonly at: number;
  readonly group: AlertGroup;
}

/** Each alert when it began and when it was over. */
const momentsOf = (groups: readonly AlertGroup[]): readonly Moment[] =>
  groups
    .flatMap((group) =>
      group.alerts.flatMap((alert) =>
        ends(alert).map((one) => ({ at: one.at, group: { ...group, alerts: [one.alert] } })),
      ),
    )
    .sort((one, other) => one.at - other.at);

const ends = (alert: Alert): readonly { readonly at: number; readonly alert: Alert }[] => [
  { at: alert.startsAt, alert: { ...alert, status: 'firing', endsAt: 0 } },
  ...(alert.endsAt > alert.startsAt ? [{ at: alert.endsAt, alert: { ...alert, status: 'resolved' as const } }] : []),
];

function isOpenBreaker(value: string): boolean {
  const breaker: unknown = JSON.parse(value);
  return typeof breaker === 'object' && breaker !== null && 'openedAt' in breaker;
}

/** For people. */
export function printedBacktest({ groups, started, refused, breakersOpened, assume }: Backtested): readonly string[] {
  const why = Object.entries(refused).map(([reason, count]) => `${times(count)} ${reason}`);
  return [
    `${groups} alert group${groups === 1 ? '' : 's'}: by itself it would have started ${times(started)}`,
    `refused ${why.length ? why.join(', ') : 'never'}`,
    `the breaker would have opened ${times(breakersOpened)} (every run taken to have ${assume})`,
  ];
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
