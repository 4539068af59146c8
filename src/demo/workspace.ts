/** The people of the demo's Slack workspace, through the simulator's control API: they look, type and click. */

export interface SeenMessage {
  readonly ts: string;
  readonly user: string;
  readonly text: string;
  readonly pinned?: boolean;
  readonly blocks?: readonly unknown[];
  readonly attachments?: readonly unknown[];
  readonly files?: readonly { readonly id: string; readonly name: string; readonly mimetype?: string }[];
}

export interface SeenChannel {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly members: readonly string[];
  readonly pins: readonly string[];
}

export interface Workspace {
  channels(): Promise<readonly SeenChannel[]>;
  messages(channel: string): Promise<readonly SeenMessage[]>;
  whispers(user: string): Promise<readonly SeenMessage[]>;
  /** Ids of the people with these names. */
  ids(...names: readonly string[]): Promise<readonly string[]>;
  type(user: string, channel: string, text: string): Promise<string>;
  click(click: {
    readonly user: string;
    readonly channel: string;
    readonly ts: string;
    readonly button: string;
  }): Promise<void>;
  file(id: string): Promise<Buffer>;
  /** How often a rate limit was run into. */
  rateLimited(): Promise<number>;
}

export function workspaceAt(controlUrl: string): Workspace {
  const get = async <T>(path: string): Promise<T> => await answerOf<T>(await fetch(`${controlUrl}/${path}`), path);
  const post = async <T>(path: string, body: object): Promise<T> =>
    await answerOf<T>(
      await fetch(`${controlUrl}/${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
      path,
    );
  const state = () => get<{ channels: SeenChannel[]; users: { id: string; name: string }[] }>('state');
  return {
    channels: async () => (await state()).channels,
    messages: (channel) => get(`channels/${encodeURIComponent(channel)}/messages`),
    whispers: (user) => get(`ephemerals?user=${encodeURIComponent(user)}`),
    ids: async (...names) => {
      const { users } = await state();
      return names.map((name) => users.find((user) => user.name === name)?.id ?? name);
    },
    type: async (user, channel, text) => {
      const answer = await post<{ response?: { text?: string } }>('command', { user, channel, text });
      return answer.response?.text ?? '';
    },
    click: async ({ user, channel, ts, button }) =>
      void (await post('click', { user, channel, ts, action_id: button })),
    file: async (id) => Buffer.from(await (await fetch(`${controlUrl}/files/${id}`)).arrayBuffer()),
    rateLimited: async () => (await get<{ ratelimited: number }>('ledger')).ratelimited,
  };
}

async function answerOf<T>(response: Response, path: string): Promise<T> {
  const body = (await response.json()) as T & { readonly error?: string };
  if (!response.ok) throw new Error(`the workspace answered ${response.status} to ${path}: ${JSON.stringify(body)}`);
  return body;
}

/** All text that a message shows, blocks included. */
export const shownText = (message: SeenMessage): string =>
  [message.text, ...texts(message.blocks ?? []), ...texts(message.attachments ?? [])].join('\n');

function texts(part: unknown): readonly string[] {
  if (Array.isArray(part)) return part.flatMap(texts);
  if (part === null || typeof part !== 'object') return [];
  return Object.entries(part).flatMap(([key, value]) =>
    key === 'text' && typeof value === 'string' ? [value] : texts(value),
  );
}
