/** What is shown in chat: channels, cards, summaries, progress. Refreshes paint the newest state, whatever asked for them. */
import type { IncidentId } from '../../domain/ids.ts';
import { type Incident, isOpenStatus } from '../../domain/incident.ts';
import type { Message } from '../../domain/message.ts';
import { homeOf } from '../../domain/policy.ts';
import { isOver } from '../../domain/run.ts';
import { incidentSummary, incidentTopic } from '../announce/card.ts';
import { noticeOf } from '../announce/notices.ts';
import { cardOf } from '../cards.ts';
import { progressOf } from '../progress.ts';
import type { World } from '../world.ts';
import type { Performers } from './performer.ts';
import { nowhereYet, placeOf, placeOfNotice, post } from './posting.ts';
import { incidentIn, incidentOf, runIn, runOf } from './read.ts';

export const chatPerformers = {
  open_channel: async ({ incident: id, urgency }, { world, about }) => {
    const incident = incidentIn(about);
    if (!incident || incident.channel || isRefusedAndOver(incident)) return 'done';
    const name = `${world.policy.channelPrefix}${incident.number}-${incident.title}`;
    // With its time, since a store that lost everything would begin anew with `inc-1`.
    const mark = `${incident.id} of ${new Date(incident.openedAt).toISOString()}`;
    const opened = await world.chat.openChannel({ name, mark, urgency });
    return { to: id, event: { kind: 'channel_opened', ...opened } };
  },
  invite: async (_, { world, about }) => {
    const incident = incidentIn(about);
    if (!incident?.channel) return 'done';
    const service = world.policy.services.find(({ name }) => name === incident.service);
    const { openedBy } = incident;
    const opener = openedBy.kind === 'person' ? [openedBy.user] : [];
    const users = [...new Set([...opener, ...(service?.invite ?? [])])];
    const groups = service?.inviteGroups ?? [];
    if (users.length + groups.length) await world.chat.invite(incident.channel.id, users, groups);
    return 'done';
  },
  set_topic: async (_, { world, about }) => {
    const incident = incidentIn(about);
    if (incident?.channel) await world.chat.setTopic(incident.channel.id, incidentTopic(incident));
    return 'done';
  },
  post_card: async (effect, work) => {
    const incident = incidentIn(work.about);
    if (!incident?.channel || incident.card) return 'done';
    const message = await post(effect, work, {
      channel: incident.channel.id,
      content: await cardOf(work.world, incident),
    });
    work.world.telemetry.metrics.observe(
      'webhook_to_card_seconds',
      ((await work.world.store.now()) - incident.openedAt) / 1000,
    );
    return { to: incident.id, event: { kind: 'card_posted', message } };
  },
  pin_card: async (_, { world, about }) => {
    const incident = incidentIn(about);
    if (incident?.card) await world.chat.pin(incident.card);
    return 'done';
  },
  refresh_card: async ({ incident: id, urgency }, { world, about }) => {
    const incident = incidentIn(about);
    if (incident?.card)
      await world.chat.edit(incident.card, () => newest(world, id, (now) => cardOf(world, now)), urgency);
    return 'done';
  },
  post_summary: async (effect, work) => {
    const incident = incidentIn(work.about);
    const home = incident && homeOf(work.world.policy, incident.service);
    if (!incident || !home || incident.summary) return 'done';
    const message = await post(effect, work, { channel: home, content: incidentSummary(incident) });
    return { to: incident.id, event: { kind: 'summary_posted', message } };
  },
  refresh_summary: async ({ incident: id, urgency }, { world, about }) => {
    const incident = incidentIn(about);
    if (incident?.summary) await world.chat.edit(incident.summary, () => newest(world, id, incidentSummary), urgency);
    return 'done';
  },
  notify: async (effect, work) => {
    const place = placeOfNotice(incidentIn(work.about));
    if (!place) return 'done';
    if ('wait' in place) return place.wait;
    await post(effect, work, { ...place, content: noticeOf(effect.notice) });
    return 'done';
  },
  upload_picture: async ({ blob, title, alt, urgency }, { world, hold, about }) => {
    const incident = incidentIn(about);
    const bytes = await world.blobs.get(blob);
    if (!incident?.channel || !bytes) return 'done';
    // The key is a digest of what it shows, so the name is that of no other picture.
    const name = `${incident.id}-${blob.slice(0, 12)}.png`;
    const file = { channel: incident.channel.id, name, title, alt, bytes, urgency };
    await world.chat.upload({ ...file, maybeUploaded: hold.mayHaveActed });
    return 'done';
  },
  post_progress: async (effect, work) => {
    const run = runIn(work.about);
    if (!run || run.progress) return 'done';
    const place = await placeOf(work.world, run);
    if ('wait' in place) return place.wait === nowhereYet && isOver(run) ? 'done' : place.wait;
    const message = await post(effect, work, { ...place, content: await progressOf(work.world, run) });
    return { to: run.id, event: { kind: 'progress_posted', message } };
  },
  refresh_progress: async ({ run: id, urgency }, { world, about }) => {
    const run = runIn(about);
    if (run?.progress)
      await world.chat.edit(run.progress, async () => progressOf(world, (await runOf(world, id)) ?? run), urgency);
    return 'done';
  },
} satisfies Partial<Performers>;

/** Asking again ends with the trouble. */
const isRefusedAndOver = ({ channelProblem, status }: Incident): boolean =>
  channelProblem !== undefined && !isOpenStatus(status);

/** Read again when the turn has come: waiting for it may have taken a while. */
async function newest(
  world: World,
  id: IncidentId,
  show: (incident: Incident) => Message | Promise<Message>,
): Promise<Message> {
  const incident = await incidentOf(world, id);
  if (!incident) throw new Error(`${id} is gone`);
  return await show(incident);
}
