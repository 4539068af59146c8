/** The payloads Slack sends to an app: slash commands, clicks, submissions and events, field by field. */
import type { Json } from './refusal.ts';
import type { Channel, User } from './workspace.ts';
import type { View, World } from './world.ts';

const verification = 'simulator-verification-token';

const common = ({ app, workspace }: World) => ({
  token: verification,
  api_app_id: app.id,
  team: { id: workspace.teamId, domain: 'local' },
  enterprise: null,
  is_enterprise_install: false,
});

const actor = (user: User) => ({ id: user.id, username: user.name, name: user.name, team_id: user.team_id });

export const responseUrl = (world: World, key: string) => `${world.baseUrl()}/response/${key}`;

interface Slash {
  user: User;
  channel: Channel;
  command: string;
  text: string;
  triggerId: string;
  responseUrl: string;
}

export const slashCommand = (world: World, slash: Slash): Json => ({
  token: verification,
  team_id: world.workspace.teamId,
  team_domain: 'local',
  channel_id: slash.channel.id,
  channel_name: slash.channel.kind === 'im' ? 'directmessage' : slash.channel.name,
  user_id: slash.user.id,
  user_name: slash.user.name,
  command: slash.command,
  text: slash.text,
  api_app_id: world.app.id,
  is_enterprise_install: 'false',
  response_url: slash.responseUrl,
  trigger_id: slash.triggerId,
});

interface Click {
  user: User;
  triggerId: string;
  action: Json;
  state: Json;
}

export const messageClick = (
  world: World,
  click: Click & { channel: Channel; message: Json; ephemeral: boolean; responseUrl: string },
): Json => ({
  type: 'block_actions',
  user: actor(click.user),
  ...common(world),
  container: messageContainer(click),
  trigger_id: click.triggerId,
  channel: { id: click.channel.id, name: click.channel.name },
  ...(click.ephemeral ? {} : { message: click.message }),
  state: { values: click.state },
  response_url: click.responseUrl,
  actions: [click.action],
});

export const viewClick = (world: World, click: Click & { view: View }): Json => ({
  type: 'block_actions',
  user: actor(click.user),
  ...common(world),
  container: { type: 'view', view_id: click.view.id },
  trigger_id: click.triggerId,
  view: { ...click.view, state: { values: click.state } },
  actions: [click.action],
});

interface Suggestion {
  user: User;
  /** The message in its channel, or the view. */
  seen: { channel: Channel; message: Json; ephemeral: boolean } | { view: View };
  actionId: string;
  blockId: string;
  value: string;
}

export const blockSuggestion = (world: World, { user, seen, actionId, blockId, value }: Suggestion): Json => ({
  type: 'block_suggestion',
  user: actor(user),
  ...common(world),
  container: 'view' in seen ? { type: 'view', view_id: seen.view.id } : messageContainer(seen),
  action_id: actionId,
  block_id: blockId,
  value,
  ...('view' in seen
    ? { view: seen.view }
    : {
        channel: { id: seen.channel.id, name: seen.channel.name },
        ...(seen.ephemeral ? {} : { message: seen.message }),
      }),
});

const messageContainer = ({
  channel,
  message,
  ephemeral,
}: {
  channel: Channel;
  message: Json;
  ephemeral: boolean;
}) => ({
  type: 'message',
  message_ts: message.ts,
  channel_id: channel.id,
  is_ephemeral: ephemeral,
  ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
});

export const viewSubmission = (
  world: World,
  { user, view, triggerId }: { user: User; view: View; triggerId: string },
): Json => ({
  type: 'view_submission',
  user: actor(user),
  ...common(world),
  trigger_id: triggerId,
  view,
  response_urls: [],
});

export const viewClosed = (
  world: World,
  { user, view, cleared }: { user: User; view: View; cleared: boolean },
): Json => ({
  type: 'view_closed',
  user: actor(user),
  ...common(world),
  view,
  is_cleared: cleared,
});

function eventCallback(world: World, event: Json): Json {
  const { teamId, botUserId } = world.workspace;
  return {
    token: verification,
    team_id: teamId,
    api_app_id: world.app.id,
    event,
    type: 'event_callback',
    event_id: world.nextId('Ev'),
    event_time: Math.floor(world.clock.now() / 1000),
    authorizations: [
      { enterprise_id: null, team_id: teamId, user_id: botUserId, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
    event_context: world.nextId('4-'),
  };
}

/** Sends an event if the manifest subscribed to it. `subscription` is its name there, e.g. `message.channels`. */
export function emit(world: World, subscription: string, event: Json): void {
  if (!world.app.events.has(subscription)) return;
  void world.sockets.deliver('events_api', eventCallback(world, { event_ts: world.nextTs(), ...event }));
}
