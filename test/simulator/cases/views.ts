/** What provokes each error of views.*. */
import { type Case, type Cases, type Given, home, modal, type Stage } from '../support/stage.ts';
import { type Json, shippedManifest } from '../support/workspace.ts';

const huge = Array.from({ length: 100 }, () => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(2900) } }));
const triggered =
  (view: Json): Given =>
  async (stage) => ({ view, trigger_id: await stage.trigger() });

const triggerErrors = (): Record<string, Case> => ({
  invalid_trigger_id: () => ({ view: modal(), trigger_id: '1.2.made-up' }),
  expired_trigger_id: async (stage) => {
    const trigger_id = await stage.trigger();
    stage.clock.pass(3_001);
    return { view: modal(), trigger_id };
  },
  exchanged_trigger_id: async (stage) => {
    const trigger_id = await stage.trigger();
    await stage.must('views.open', { view: modal(), trigger_id });
    return { view: modal(), trigger_id };
  },
  view_too_large: triggered(modal({ blocks: huge })),
  duplicate_external_id: async (stage) => {
    await opened(stage, { external_id: 'mine' });
    return { view: modal({ external_id: 'mine' }), trigger_id: await stage.trigger() };
  },
});

async function opened(stage: Stage, change: Json = {}): Promise<string> {
  const { view } = await stage.must('views.open', { view: modal(change), trigger_id: await stage.trigger() });
  return String((view as Json).id);
}

const published =
  (change: Json): Given =>
  () => ({ view: home(), user_id: 'U0ALICE', ...change });

export const views: Cases = {
  'views.open': { ok: triggered(modal()), errors: triggerErrors() },
  'views.push': {
    ok: triggered(modal()),
    errors: {
      ...triggerErrors(),
      push_limit_reached: async (stage) => {
        await opened(stage);
        await stage.must('views.push', { view: modal(), trigger_id: await stage.trigger() });
        await stage.must('views.push', { view: modal(), trigger_id: await stage.trigger() });
        return { view: modal(), trigger_id: await stage.trigger() };
      },
    },
  },
  'views.update': {
    ok: async (stage) => ({ view: modal(), view_id: await opened(stage) }),
    errors: {
      not_found: () => ({ view: modal(), view_id: 'V0NONE' }),
      hash_conflict: async (stage) => ({ view: modal(), view_id: await opened(stage), hash: 'old' }),
      view_too_large: async (stage) => ({ view: modal({ blocks: huge }), view_id: await opened(stage) }),
      duplicate_external_id: async (stage) => {
        await opened(stage, { external_id: 'mine' });
        await stage.must('views.push', { view: modal(), trigger_id: await stage.trigger() });
        const [, upper] = (await stage.look('views?user=alice')) as Json[];
        return { view: modal({ external_id: 'mine' }), view_id: upper?.id };
      },
    },
  },
  'views.publish': {
    ok: published({}),
    errors: {
      not_enabled: { options: { manifest: shippedManifest() }, given: published({}) },
      hash_conflict: published({ hash: 'old' }),
      view_too_large: published({ view: home({ blocks: huge }) }),
      user_not_found: published({ user_id: 'U0NOBODY' }),
    },
  },
};
