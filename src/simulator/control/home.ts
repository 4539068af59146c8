/** A person opens the app's home tab: the app hears of it and may publish it. */
import { conversationOf } from '../methods/membership.ts';
import { emit } from '../payloads.ts';
import { type Json, refuse } from '../refusal.ts';
import { userNamed } from './look.ts';
import type { Wish } from './wish.ts';

/** Slack: the app's own home tab, as it published it for this person. */
export const homeOf = ({ world, given }: Wish): Json => ({
  ok: true,
  view: world.homes.get(userNamed(world, given.user).id) ?? null,
});

export function openHome(wish: Wish): Json {
  const { world, given } = wish;
  if (!world.app.homeTab) throw refuse('not_enabled', { detail: 'The manifest has the home tab off.' });
  const user = userNamed(world, given.user);
  const view = world.homes.get(user.id);
  const channel = conversationOf(world, [user]).id;
  emit(world, 'app_home_opened', {
    type: 'app_home_opened',
    user: user.id,
    channel,
    tab: 'home',
    ...(view ? { view } : {}),
  });
  return homeOf(wish);
}
