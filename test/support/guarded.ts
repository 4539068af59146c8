/** Runs before their guards: claims as a store would hold them, and a clock that goes where the test wants. */
import type { Claim } from '../../src/domain/claim.ts';
import type { Facts } from '../../src/domain/facts.ts';
import { type Ended, judgeAttempt, judgeStart, noteEnding, takeBack, type Verdict } from '../../src/domain/guards.ts';
import type { RunId } from '../../src/domain/ids.ts';
import type { Playbook } from '../../src/domain/playbook.ts';
import type { Run } from '../../src/domain/run.ts';
import { nine } from './alerts.ts';
import { facts, playbook, pure, requested } from './facts.ts';
import { policy } from './scenario.ts';

const head = `schema: playbook/v1
id: restart-shop
name: Restart the shop
owners: [team-shop]
triggers:
  - alert: ['alertname="ShopDown"']
    mode: auto
inputs:
  host: {type: host}
  from: {type: json, optional: true}
  to: {type: json, optional: true}
`;

const body = `steps:
  - id: restart
    action: shop.restart
    with: {host: "\${{ inputs.host }}"}
  - id: look
    action: shop.look
    with: {}
`;

/** One step that changes a host, with these limits. */
export const limited = (limits: string, more = ''): Playbook =>
  playbook(`${head}${limits ? `limits: ${limits}\n` : ''}${more}${body}`);

export interface Guarded {
  readonly clock: { now: number };
  /** A run that was asked for, under this id. */
  run(id: string, over?: Partial<Run>): Run;
  /** The same, after its first step has done what it does. */
  acted(id: string, over?: Partial<Run>): Run;
  starts(run: Run): Verdict;
  /** Counts it where it may. */
  changes(run: Run, more?: { readonly args?: Readonly<Record<string, string>> }): Verdict;
  ends(run: Run, how: Ended): void;
  /** What was unknown of it is known to be well; answers the circuit breaker that this closes. */
  clears(run: Run): string | undefined;
  readonly held: Map<string, string>;
}

export function guarded(of: Playbook, over: Partial<Facts> = {}): Guarded {
  const held = new Map<string, string>();
  const clock = { now: nine };
  const known = (): Facts =>
    facts({ pure, policy, ...over, now: clock.now, held: (key) => held.get(key) ?? null }, [of]);
  const course = () => ({ playbook: of, facts: known() });
  const write = (claims: readonly Claim[]) => {
    for (const { key, expect, set } of claims) {
      if (expect !== undefined && expect !== (held.get(key) ?? null)) throw new Error(`${key} moved`);
      if (typeof set === 'string') held.set(key, set);
      if (set === null) held.delete(key);
    }
  };
  const [step] = of.steps;
  if (!step) throw new Error('no step');
  const base = requested(of, { pure: { ...pure, frozen: () => undefined } });
  const run = (id: string, more: Partial<Run> = {}): Run => ({ ...base, id: id as RunId, ...more });
  return {
    clock,
    held,
    run,
    acted: (id, more = {}) =>
      run(id, { steps: base.steps.map((unit, at) => (at ? unit : { ...unit, acted: 'surely' })), ...more }),
    starts: (run) => judgeStart(run, course()),
    changes: (run, { args = { host: 'shop-1' } } = {}) => {
      const verdict = judgeAttempt(run, { step, args }, course());
      if (verdict.ok) write(verdict.claims);
      return verdict;
    },
    ends: (run, how) => write(noteEnding(run, how, course()).claims),
    clears: (run) => {
      const { claims, closed } = takeBack(run, course());
      write(claims);
      return closed?.key;
    },
  };
}

/** The reason of a refusal, or `ok`. */
export const said = (verdict: Verdict): string => (verdict.ok ? 'ok' : verdict.reason);

export const detail = (verdict: Verdict): string => (verdict.ok ? '' : verdict.detail);
