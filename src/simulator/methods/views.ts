/** views.*: modals open on a trigger, stack up to three, are updated; the home tab is published. */
import { named } from '../messages.ts';
import { type Json, problems, refuse } from '../refusal.ts';
import { readView } from '../rules/check-view.ts';
import type { View, World } from '../world.ts';
import { type Call, type Handlers, userOf } from './call.ts';

/** Slack: "a modal can hold up to 3 views at a time". */
const MOST_STACKED = 3;

export const views: Handlers = {
  'views.open': (call) => {
    const wanted = modalOf(call);
    const user = call.world.triggers.redeem(triggerOf(call));
    const view = newView(call.world, wanted, undefined);
    call.world.modals.set(user, [view]);
    return { view };
  },
  'views.push': (call) => {
    const wanted = modalOf(call);
    const user = call.world.triggers.redeem(triggerOf(call));
    return { view: pushView(call.world, user, wanted) };
  },
  'views.update': (call) => {
    const { world, args } = call;
    const wanted = readView(args.json('view', 'invalid_arguments'), 'modal');
    const view = openViews(world).find(({ id, external_id }) =>
      args.has('view_id') ? id === args.text('view_id') : external_id === args.text('external_id'),
    );
    if (!view) throw refuse('not_found');
    if (args.has('hash') && args.text('hash') !== view.hash) throw refuse('hash_conflict');
    mustBeNew(world, wanted, view);
    return { view: replaceView(world, view, wanted) };
  },
  'views.publish': (call) => {
    const { world, args } = call;
    if (!world.app.homeTab) throw refuse('not_enabled');
    const wanted = readView(args.json('view', 'invalid_arguments'), 'home');
    const { id } = userOf(call, args.text('user_id'));
    const old = world.homes.get(id);
    if (args.has('hash') && args.text('hash') !== old?.hash) throw refuse('hash_conflict');
    const view = newView(world, wanted, undefined);
    world.homes.set(id, view);
    return { view };
  },
};

const openViews = (world: World) => [...world.modals.values()].flat();

function modalOf({ world, args }: Call): Json {
  const wanted = readView(args.json('view', 'invalid_arguments'), 'modal');
  mustBeNew(world, wanted, undefined);
  return wanted;
}

function triggerOf({ args }: Call): string {
  const trigger = args.text('trigger_id') || args.text('interactivity_pointer');
  if (!trigger) throw problems('invalid_arguments', ['missing required field: trigger_id']);
  return trigger;
}

function mustBeNew(world: World, wanted: Json, except: View | undefined): void {
  const external = wanted.external_id;
  const taken = external && openViews(world).some((view) => view !== except && view.external_id === external);
  if (taken) throw refuse('duplicate_external_id');
}

export function pushView(world: World, user: string, wanted: Json): View {
  const stack = world.modals.get(user) ?? [];
  if (stack.length >= MOST_STACKED) throw refuse('push_limit_reached');
  const view = newView(world, wanted, stack.at(-1));
  world.modals.set(user, [...stack, view]);
  return view;
}

export function replaceView(world: World, old: View, wanted: Json): View {
  const { id, root_view_id, previous_view_id } = old;
  const view: View = { ...newView(world, wanted, undefined), id, root_view_id, previous_view_id };
  for (const [user, stack] of world.modals) {
    world.modals.set(
      user,
      stack.map((one) => (one.id === id ? view : one)),
    );
  }
  return view;
}

function newView(world: World, wanted: Json, previous: View | undefined): View {
  const id = world.nextId('V');
  return {
    private_metadata: '',
    callback_id: '',
    external_id: '',
    clear_on_close: false,
    notify_on_close: false,
    submit: null,
    close: null,
    title: null,
    ...wanted,
    id,
    team_id: world.workspace.teamId,
    blocks: named(wanted.blocks as Json[], () => world.nextId('b')),
    state: { values: {} },
    hash: `${Math.floor(world.clock.now() / 1000)}.${world.nextId('h')}`,
    previous_view_id: previous?.id ?? null,
    root_view_id: previous?.root_view_id ?? id,
    app_id: world.app.id,
    bot_id: world.workspace.botId,
  };
}
