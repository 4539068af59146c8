/** What holds whatever happens, in whatever order: thousands of made-up histories. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert, AlertRecord } from '../../src/domain/alert.ts';
import { type Claim, isGuardKey } from '../../src/domain/claim.ts';
import { decideIncident } from '../../src/domain/decide-incident.ts';
import { decideRun } from '../../src/domain/decide-run.ts';
import type { EventId } from '../../src/domain/ids.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { isOver, type Run, type RunEventBody } from '../../src/domain/run.ts';
import { firing, group, nine, resolved } from '../support/alerts.ts';
import { facts, playbook, requested, runId } from '../support/facts.ts';
import { alice, bob, carol, guest } from '../support/people.ts';
import { auto, byTwo, onlyOnce, proposed } from '../support/playbooks.ts';

const playbooks = [auto, byTwo, onlyOnce, proposed].map(playbook);
const steps = ['approve', 'restart', 'again', 'run'];

const event: fc.Arbitrary<RunEventBody> = fc.oneof(
  fc.record({
    kind: fc.constant('step_started' as const),
    step: fc.constantFrom(...steps),
    attempt: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    kind: fc.constant('step_finished' as const),
    step: fc.constantFrom(...steps),
    attempt: fc.integer({ min: 1, max: 3 }),
    outcome: fc.constantFrom(
      { kind: 'succeeded', outputs: { value: 1 } } as const,
      { kind: 'failed', message: 'x', when: 'before_dispatch' } as const,
      { kind: 'failed', message: 'x', when: 'after_dispatch' } as const,
      { kind: 'unknown', message: 'x' } as const,
    ),
  }),
  fc.record({
    kind: fc.constant('step_verified' as const),
    step: fc.constant('restart'),
    attempt: fc.integer({ min: 1, max: 2 }),
    check: fc.constant(0),
    poll: fc.integer({ min: 0, max: 2 }),
    outcome: fc.constantFrom(
      { kind: 'succeeded', outputs: { value: 1 } } as const,
      { kind: 'succeeded', outputs: { value: 0 } } as const,
    ),
  }),
  fc.record({
    kind: fc.constantFrom('approve' as const, 'reject' as const),
    by: fc.constantFrom(alice, bob, carol, guest),
    approval: fc.constantFrom('', 'approve.1', 'approve.2'),
  }),
  fc.record({ kind: fc.constant('approval_expired' as const), approval: fc.constantFrom('approve.1', 'approve.2') }),
  fc.record({ kind: fc.constant('cancel_run' as const), by: fc.constantFrom(bob, guest) }),
  fc.record({
    kind: fc.constant('settle_unknown' as const),
    by: fc.constantFrom(bob, guest),
    step: fc.constantFrom(...steps),
    verdict: fc.constantFrom('worked' as const, 'failed' as const),
  }),
  fc.constantFrom({ kind: 'run_timed_out' } as const, { kind: 'alert_over' } as const),
);
const history = fc.array(fc.tuple(event, fc.nat({ max: 400_000 })), { maxLength: 40 });

/** What the store would hold; a commit whose claims do not fit is refused whole, as there. */
function committed(held: Map<string, string>, claims: readonly Claim[]): boolean {
  const fits = claims.every(({ key, expect: wanted }) => wanted === undefined || (held.get(key) ?? null) === wanted);
  if (!fits) return false;
  for (const { key, set } of claims) {
    if (set === null) held.delete(key);
    else if (set !== undefined) held.set(key, set);
  }
  return true;
}

interface Moment {
  readonly before: Run;
  readonly after: Run;
  readonly body: RunEventBody;
  readonly held: ReadonlyMap<string, string>;
}

function played(
  of: (typeof playbooks)[number],
  happened: readonly (readonly [RunEventBody, number])[],
): readonly Moment[] {
  const held = new Map([[`active/${of.id}/inc-1`, 'run-1']]);
  const moments: Moment[] = [];
  let run = requested(of);
  let now = nine;
  for (const [at, [body, later]] of happened.entries()) {
    now += later;
    const decision = decideRun(runId, run, {
      event: { ...body, id: `e${at}` as EventId },
      facts: facts({ now, held: (key) => held.get(key) ?? null }, [of]),
    });
    expect(committed(held, decision.claims), `claims of ${decision.reason} fit what the run holds`).toBe(true);
    const after = decision.state ?? run;
    moments.push({ before: run, after, body, held: new Map(held) });
    run = after;
  }
  return moments;
}

const eachMoment = (check: (moment: Moment) => void): void =>
  fc.assert(
    fc.property(fc.constantFrom(...playbooks), history, (of, happened) => {
      for (const moment of played(of, happened)) check(moment);
    }),
    { numRuns: 400 },
  );

const attempts = ({ steps: all }: Run) =>
  all.filter(({ status }) => ['running', 'verifying', 'waiting', 'unknown'].includes(status));
const locksIn = (held: ReadonlyMap<string, string>) => [...held.keys()].filter((key) => key.startsWith('lock/'));

describe('whatever happens to a run', () => {
  test('never are two attempts under way', () => {
    eachMoment(({ after }) => expect(attempts(after).length).toBeLessThanOrEqual(1));
  });

  test('an end is an end: nothing after it changes or begins anything', () => {
    eachMoment(({ before, after }) => {
      if (isOver(before)) expect(after).toBe(before);
    });
  });

  test('once cancelled, no step begins', () => {
    eachMoment(({ before, after }) => {
      if (before.cancelledBy === undefined) return;
      const begun = after.steps.filter(
        ({ status }, at) => status === 'running' && before.steps[at]?.status !== 'running',
      );
      expect(begun).toEqual([]);
    });
  });

  test('what it holds is what the store holds for it: nothing once it is over, the lock while the outcome is unknown', () => {
    eachMoment(({ after, held }) => {
      expect(locksIn(held).sort()).toEqual(Object.keys(after.locks).sort());
      if (isOver(after)) expect([...held.keys()].filter((key) => !isGuardKey(key))).toEqual([]);
      else expect(held.has(`active/${after.playbook.id}/inc-1`)).toBe(true);
      if (after.status === 'needs_attention') expect(locksIn(held)).toEqual(['lock/host/shop-1']);
    });
  });

  test('a covered step begins only under an approval that somebody else gave in time', () => {
    eachMoment(({ before, after }) => {
      const gate = after.steps.find(({ action }) => action === 'approval');
      const begins = after.steps.some(({ status }, at) => status === 'running' && before.steps[at]?.status === 'ready');
      if (!gate || !begins) return;
      const given = after.approvals.at(-1);
      expect(given?.status).toBe('approved');
      const voters = new Set(given?.decisions.map(({ by }) => by.name));
      expect(voters.size).toBeGreaterThanOrEqual(given?.spec.minApprovals ?? 99);
      expect([voters.has('alice'), voters.has('guest')]).toEqual([false, false]);
    });
  });

  test('a decided approval stays decided, and at most one waits', () => {
    eachMoment(({ before, after }) => {
      expect(after.approvals.filter(({ status }) => status === 'waiting').length).toBeLessThanOrEqual(1);
      for (const [at, { status }] of before.approvals.entries()) {
        const now = after.approvals[at]?.status;
        if (status === 'approved') expect(['approved', 'void']).toContain(now);
        else if (status !== 'waiting') expect(now).toBe(status);
      }
    });
  });

  test('an open run always has something that will come: a step, a check, a wait, or people', () => {
    eachMoment(({ after }) => {
      if (isOver(after)) return;
      const live = after.steps.filter(({ status }) =>
        ['ready', 'running', 'verifying', 'waiting', 'unknown', 'waiting_approval'].includes(status),
      );
      expect(live).toHaveLength(1);
    });
  });
});

/** Each alert's true story, and deliveries of its moments: shuffled, doubled, in groups. */
const names = ['a', 'b', 'c'] as const;
const stories = fc.record(Object.fromEntries(names.map((name) => [name, fc.integer({ min: 0, max: 3 })])));

const momentsOf = (name: string, ends: number): readonly Alert[] =>
  Array.from({ length: ends + 1 }, (_, at) => {
    const startsAt = nine + Math.floor(at / 2) * 600_000;
    return at % 2 ? resolved(name, { startsAt, endsAt: startsAt + 300_000 }) : firing(name, { startsAt });
  });

describe('however webhooks are shuffled and doubled', () => {
  test('one incident at most is opened, never from a resolved, and its counts are those of its alerts', () => {
    const deliveries = stories.chain((story) => {
      const moments = names.flatMap((name) => momentsOf(name, story[name] ?? 0));
      const bodies = fc.array(fc.subarray(moments, { minLength: 1 }), { minLength: 1, maxLength: 12 });
      return fc.record({ story: fc.constant(story), bodies });
    });
    fc.assert(
      fc.property(deliveries, ({ story, bodies }) => {
        const { incident, records, opened } = heard([
          ...bodies,
          ...names.map((name) => momentsOf(name, story[name] ?? 0).slice(-1)),
        ]);
        expect(opened).toBeLessThanOrEqual(1);
        if (!incident) return;
        const all = [...records.values()];
        expect(incident.counts.firing).toBe(all.filter(({ status }) => status === 'firing').length);
        expect(incident.counts.resolved).toBe(all.filter(({ status }) => status === 'resolved').length);
        // The last word on each was said last, so what is known is the truth.
        for (const name of names) {
          const truth = (story[name] ?? 0) % 2 ? 'resolved' : 'firing';
          if (records.has(name)) expect(records.get(name)?.status).toBe(truth);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the same deliveries again change nothing', () => {
    const moments = names.flatMap((name) => momentsOf(name, 2));
    fc.assert(
      fc.property(fc.array(fc.subarray(moments, { minLength: 1 }), { minLength: 1, maxLength: 6 }), (bodies) => {
        const once = heard(bodies);
        const last = bodies.at(-1) ?? [];
        const twice = heard([...bodies, last]);
        expect(twice.incident?.counts).toEqual(once.incident?.counts);
        expect(twice.opened).toBe(once.opened);
      }),
    );
  });
});

/** Hears one body a second, so that a late firing is within the time in which it counts as late. */
function heard(bodies: readonly (readonly Alert[])[]) {
  const records = new Map<string, AlertRecord>();
  const over = new Map<string, string>();
  let incident: Incident | undefined;
  let opened = 0;
  let now = nine + 3_600_000;
  for (const [at, alerts] of bodies.entries()) {
    now += 100;
    const event = { id: `e${at}` as EventId, kind: 'alerts_arrived', group: group(alerts) } as const;
    const known = new Map([...records].filter(([name]) => alerts.some(({ fingerprint }) => fingerprint === name)));
    const gone = new Set([...over.keys()].map((key) => key.slice('over/'.length)));
    const decision = decideIncident(incident, event, facts({ now, alerts: known, over: gone }));
    committed(
      over,
      decision.claims.filter(({ key }) => key.startsWith('over/')),
    );
    if (!incident && decision.state) {
      opened += 1;
      expect(alerts.some(({ status }) => status === 'firing')).toBe(true);
    }
    incident = decision.state;
    for (const record of decision.records ?? []) records.set(record.fingerprint, record);
  }
  return { incident, records, opened };
}
