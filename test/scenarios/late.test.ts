/** A worker that was taken for dead and says how its step ended: believed where nobody else has begun it since. */
import { describe, expect, test } from 'vitest';
import type { StepOutcome } from '../../src/domain/run.ts';
import { down } from '../support/flow.ts';
import * as playbooks from '../support/playbooks.ts';
import { stage } from '../support/scenario.ts';

describe('a performer whose lease was lost', () => {
  /** A worker that is only slow, and is taken for dead; another one takes its place. */
  async function slow(text: string, action: string) {
    const on = await stage({ playbooks: [text] });
    const [first, second] = [Promise.withResolvers<StepOutcome>(), Promise.withResolvers<StepOutcome>()];
    const acts = [first, second].values();
    on.actions.goes[action] = [() => acts.next().value?.promise ?? expect.fail('a third time')];
    const sent = on.sends(down);
    await expect.poll(() => on.actions.dispatched.length).toBe(1);
    await on.dies();
    await sent;
    const passing = on.passes('40s');
    const says = async ({ resolve }: typeof first, note: string) => {
      resolve({ kind: 'succeeded', outputs: {}, note });
      await on.passes('10s');
    };
    return { on, first, second, passing, says };
  }
  const tooLate = 'came too late: the claim on the effect was lost';

  test('says how its step ended where nobody else has begun it, and nobody knew', async () => {
    const { on, first, passing, says } = await slow(playbooks.onlyOnce, 'shop.exec');
    await passing;
    expect((await on.run()).status).toBe('needs_attention');
    await says(first, 'at last');
    expect(await on.run()).toMatchObject({ status: 'succeeded', steps: [{ status: 'succeeded', note: 'at last' }] });
    expect(on.logged).not.toContain(tooLate);
  });

  test('cannot commit its outcome where another worker has begun the attempt again', async () => {
    const { on, first, second, passing, says } = await slow(playbooks.auto, 'shop.restart');
    await expect.poll(() => on.actions.dispatched.length).toBe(2);
    const said = says(first, 'too late');
    await expect.poll(() => on.logged).toContain(tooLate);
    expect((await on.run()).steps[0]).toMatchObject({ status: 'running' });
    second.resolve({ kind: 'succeeded', outputs: {}, note: 'in its place' });
    await Promise.all([passing, said]);
    await on.passes('10s');
    expect((await on.run()).steps[0]).toMatchObject({ note: 'in its place' });
  });
});
