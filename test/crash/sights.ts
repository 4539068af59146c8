/** What the other side shows at one moment: Slack's channels and messages as its people see them, and the target's log. */
import { type SeenChannel, type SeenMessage, shownText, type Workspace } from '../../src/demo/workspace.ts';
import type { Scene } from './scene.ts';

export interface Sight {
  readonly channels: readonly SeenChannel[];
  /** The first of them, while there is one. */
  readonly channel: SeenChannel | undefined;
  /** In all incident channels, by Tocsin, oldest first. */
  readonly messages: readonly SeenMessage[];
  readonly summaries: readonly SeenMessage[];
  readonly target: readonly string[];
}

export async function look({ workspace, targetLines }: Pick<Scene, 'workspace' | 'targetLines'>): Promise<Sight> {
  const channels = (await workspace.channels()).filter(({ name }) => name.startsWith('inc-'));
  const messages: SeenMessage[] = [];
  for (const { id } of channels) messages.push(...(await fromTocsin(workspace, id)));
  return {
    channels,
    channel: channels[0],
    messages,
    summaries: await fromTocsin(workspace, 'shop-alerts'),
    target: await targetLines(),
  };
}

/** What Slack writes by itself (a new topic, who came in) has a subtype, and is nobody's message. */
const fromTocsin = async (workspace: Workspace, channel: string): Promise<readonly SeenMessage[]> =>
  (await workspace.messages(channel)).filter((message) => message.user === 'U0BOT' && !('subtype' in message));

/** What a message is, by what people read in it. */
export const kinds = {
  card: /\(sev1, /,
  acknowledged: /is on it\.$/,
  quiet: /All alerts have resolved/,
  resolved: /^🟢 Resolved: it stayed quiet/,
  'progress of Repair': /^Repair (running|waits|succeeded|failed|needs)/,
  'progress of Expires': /^Expires (running|waits|failed)/,
  'progress of Lasts': /^Lasts (running|waits|cancelled)/,
  'progress of Gives up': /^Gives up (running|failed)/,
  'progress of Asks': /^Asks (running|waits|failed)/,
  'question of Asks': /^Asks (asks|asked): /,
  'approval of Repair': /^Repair: /,
  'approval of Expires': /^Expires: /,
  'approval of Lasts': /^Lasts: /,
  'call for help': /needs you: nobody knows whether/,
  'reminder of Expires': /^Expires still waits for approval/,
} as const;

export type Kind = keyof typeof kinds;

export const allOf = ({ messages }: Sight, kind: Kind): readonly SeenMessage[] =>
  messages.filter(({ text, files }) => !files?.length && kinds[kind].test(text));

export const oneOf = (sight: Sight, kind: Kind): SeenMessage | undefined => allOf(sight, kind)[0];

export const pictures = (sight: Sight): readonly SeenMessage[] => withFile(sight, /\.png$/);
/** The whole log of a step. */
export const logsOf = (sight: Sight, step: string): readonly SeenMessage[] =>
  withFile(sight, new RegExp(`-${step}-.*\\.log$`));

const withFile = ({ messages }: Sight, pattern: RegExp): readonly SeenMessage[] =>
  messages.filter(({ files = [] }) => files.some(({ name }) => pattern.test(name)));

export const isNone = ({ text, files }: SeenMessage): boolean =>
  !files?.length && !Object.values(kinds).some((pattern) => pattern.test(text));

export const shows = (message: SeenMessage | undefined, words: string): boolean =>
  message !== undefined && shownText(message).includes(words);

/** Whether a button is there to be clicked. */
export const hasButton = (message: SeenMessage | undefined, action: string): boolean =>
  JSON.stringify([message?.blocks, message?.attachments]).includes(`"action_id":"${action}"`);

/** The action of the button whose reference ends so. */
export const buttonTo = (message: SeenMessage | undefined, verdict: string): string | undefined =>
  ((message?.blocks ?? []) as readonly { readonly elements?: readonly Pressed[] }[])
    .flatMap(({ elements = [] }) => elements)
    .find(({ value }) => value?.endsWith(`/${verdict}`))?.action_id;

interface Pressed {
  readonly action_id?: string;
  readonly value?: string;
}
