/** Performing: who lost the claim on an effect does not act, what fails is tried again, what never will is given up. */
import { describe, expect, test } from 'vitest';
import { ChatFailure } from '../../src/domain/failures.ts';
import type { EffectId, EventId, IncidentId } from '../../src/domain/ids.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { Store } from '../../src/engine/ports.ts';
import { firing, group } from '../support/alerts.ts';
import { alice } from '../support/people.ts';
import { onlyOnce } from '../support/playbooks.ts';
import { stage } from '../support/scenario.ts';

test('a worker whose claim is taken before its attempt is written does not act', async () => {
  const on = await stage({ playbooks: [onlyOnce] });
  const { store } = on;
  const robbed: Store = {
    ...store,
    commit: async (change) => {
      for (const cause of change.causes) {
        if (cause.kind !== 'holding') continue;
        await store.effects.release(cause.hold, 0);
        await store.effects.begin(cause.hold.id, { owner: 'another' }, 15_000);
      }
      return await store.commit(change);
    },
  };
  const slow = createEngine({ ...on.world, store: robbed, owner: 'slow' });
  await on.world.queue.work((id) => slow.perform(id), 1);
  await on.sends(group([firing('shop-1')]));
  expect((await on.run()).steps[0]?.status).toBe('ready');
  expect(on.actions.dispatched).toEqual([]);
});

describe('a note that is to be shown', () => {
  const noted = async () => {
    const on = await stage();
    await on.sends(group([firing('a')]));
    return on;
  };
  const note = { kind: 'add_note', incident: '1', text: 'x' } as const;

  test('is given up at once when Slack says that it never will be, and history says so', async () => {
    const on = await noted();
    on.chat.mood = { refuses: 'is_archived' };
    await on.asks(alice, note);
    await on.passes('1m');
    expect(await on.reasons('inc-1')).toContain('effect_given_up');
    expect((await on.store.effects.backlog()).open).toBe(0);
  });

  test('is never given up while Slack is only away', async () => {
    const on = await noted();
    on.chat.mood = 'down';
    await on.asks(alice, note);
    await on.passes('2h');
    expect(await on.reasons('inc-1')).not.toContain('effect_given_up');
    on.chat.mood = 'well';
    await on.passes('1m');
    expect(on.chat.of('notify')).toHaveLength(1);
  });

  test('is tried again when Slack said, not later: what it waited for before counts for nothing', async () => {
    const on = await noted();
    const { post } = on.chat;
    const tried: number[] = [];
    on.chat.post = async (what) => {
      if (!what.key.startsWith('notify')) return await post(what);
      tried.push(on.now());
      if (tried.length > 1) return await post(what);
      throw new ChatFailure('rate_limited', { retryable: true, retryAfterMs: 3_000 });
    };
    await on.asks(alice, note);
    await on.passes('10s');
    expect((tried[1] ?? 0) - (tried[0] ?? 0)).toBe(3_000);
  });
});

test('a performer that keeps failing by itself is given up in the end, with its words in history', async () => {
  const on = await stage();
  on.chat.pin = async () => {
    throw new TypeError('nothing to pin');
  };
  await on.sends(group([firing('a')]));
  await on.passes('10m');
  const history = await on.store.history('inc-1' as IncidentId, 50);
  expect(history.filter(({ reason }) => reason === 'effect_given_up').map(({ detail }) => detail)).toEqual([
    'pin_card: nothing to pin',
  ]);
});

test('an effect that is not there, not due, or held is nobody’s fault', async () => {
  const on = await stage();
  await on.engine().perform('no.such' as EffectId);
  await on.asks(alice, { kind: 'open_incident', title: 'x' }, 'e' as EventId);
  expect(on.logged).toEqual([]);
});
