/** Posting for an effect: once, whatever happened to an earlier worker, and when there is somewhere to post. */
import type { Effect } from '../../domain/effect.ts';
import type { ChannelRef, MessageRef } from '../../domain/ids.ts';
import { type Incident, isOpenStatus } from '../../domain/incident.ts';
import type { Run } from '../../domain/run.ts';
import type { World } from '../world.ts';
import type { Learned, Work } from './performer.ts';
import { incidentOf, isComing, whereOf } from './read.ts';

/** While the channel is on its way. */
const notYet: Learned = { againInMs: 400, nothingDone: true };
/** Nobody can see it, unless a channel or a summary comes after all: what waits for people looks again. */
export const nowhereYet: Learned = { againInMs: 5_000, nothingDone: true };

export interface Posting {
  readonly channel: ChannelRef | string;
  readonly content: Parameters<World['chat']['post']>[0]['content'];
  readonly thread?: string;
}

/** An earlier worker may have posted, and died before it could say so. */
export const post = ({ id, urgency }: Effect, { world, hold }: Work, posting: Posting): Promise<MessageRef> =>
  world.chat.post({ ...posting, key: id, maybePosted: hold.mayHaveActed, urgency });

export type NoticePlace = { readonly channel: ChannelRef; readonly thread?: string } | { readonly wait: Learned };

/** An incident's channel. A scheduled one may have none: then under its summary, once that is there. */
export function placeOfNotice(incident: Incident | undefined): NoticePlace | undefined {
  if (isComing(incident)) return { wait: notYet };
  if (incident?.channel) return { channel: incident.channel.id };
  if (incident?.scheduledFor === undefined) return undefined;
  if (incident.summary) return { channel: incident.summary.channel, thread: incident.summary.ts };
  return isOpenStatus(incident.status) ? { wait: nowhereYet } : undefined;
}

/** Where people follow the run, once there is such a place: its own channel is worth the wait. */
export async function placeOf(
  world: World,
  run: Run,
): Promise<{ readonly channel: string } | { readonly wait: Learned }> {
  const incident = await incidentOf(world, run.incident);
  if (isComing(incident)) return { wait: notYet };
  const channel = whereOf(incident);
  return channel === undefined ? { wait: nowhereYet } : { channel };
}
