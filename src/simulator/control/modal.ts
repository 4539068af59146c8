/** A person fills in a modal and submits it, or closes it. */
import { pushView, replaceView } from '../methods/views.ts';
import { viewClosed, viewSubmission } from '../payloads.ts';
import { isJson, type Json, Refusal, refuse } from '../refusal.ts';
import { readView } from '../rules/check-view.ts';
import type { User } from '../workspace.ts';
import type { View, World } from '../world.ts';
import { isEmpty } from './answers.ts';
import { filledIn, openView } from './click.ts';
import { withKnown } from './known.ts';
import { userNamed } from './look.ts';
import type { Wish } from './wish.ts';

export async function submit({ world, given }: Wish): Promise<Json> {
  const user = userNamed(world, given.user);
  const view = openView(world, user, String(given.view_id));
  const known = withKnown(world, { user, id: view.id }, view.blocks as Json[]);
  const values = filledIn(known, given.values);
  const missing = requiredButEmpty(view, values);
  if (missing.length)
    throw refuse('input_required', { detail: `Nothing is filled in for ${missing.join(', ')}.`, missing });
  const submitted: View = { ...view, state: { values } };
  const payload = viewSubmission(world, { user, view: submitted, triggerId: world.triggers.issue(user.id) });
  const { acked, payload: reply, error } = await world.sockets.deliver('interactive', payload);
  if (!acked) return { ok: false, acked, error };
  return react(world, { user, view, reply: isJson(reply) ? reply : {} });
}

const requiredButEmpty = (view: View, values: Record<string, Record<string, Json>>): string[] =>
  (view.blocks as Json[])
    .filter(({ type, optional }) => type === 'input' && optional !== true)
    .map(({ block_id }) => String(block_id))
    .filter((id) => Object.values(values[id] ?? {}).every(isEmpty));

interface Submission {
  user: User;
  view: View;
  reply: Json;
}

function react(world: World, { user, view, reply }: Submission): Json {
  const action = reply.response_action;
  if (action === 'errors') return { ok: true, response_action: action, errors: reply.errors };
  try {
    if (action === 'update') replaceView(world, view, readView(reply.view, 'modal'));
    else if (action === 'push') pushView(world, user.id, readView(reply.view, 'modal'));
    else closeOne(world, { user, view, all: action === 'clear' });
  } catch (error) {
    // Slack shows its "We had some trouble connecting" when the app's view breaks a rule.
    if (error instanceof Refusal) return { ok: false, error: error.code, ...error.extra };
    throw error;
  }
  return { ok: true, ...(action ? { response_action: action } : {}) };
}

function closeOne(world: World, { user, view, all }: { user: User; view: View; all: boolean }): void {
  const stack = world.modals.get(user.id) ?? [];
  world.modals.set(user.id, all ? [] : stack.filter(({ id }) => id !== view.id));
}

export async function closeView({ world, given }: Wish): Promise<Json> {
  const user = userNamed(world, given.user);
  const view = openView(world, user, String(given.view_id));
  closeOne(world, { user, view, all: view.clear_on_close === true });
  if (view.notify_on_close !== true) return { ok: true };
  const { acked } = await world.sockets.deliver('interactive', viewClosed(world, { user, view, cleared: false }));
  return { ok: true, acked };
}
