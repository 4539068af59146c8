/** A workspace with the props that cases need: a channel the bot made, a post, a trigger, an upload. */
import type { SimulatorOptions } from '../../../src/simulator/index.ts';
import { connect } from './socket-app.ts';
import { type DrivenClock, drivenClock, type Json, openWorkspace } from './workspace.ts';

export const GENERAL = 'C000000001';
export const NOWHERE = 'C0NOWHERE';
export const NO_TS = '1.000001';

/** Arguments for a call, after whatever must have happened before it. */
export type Given = (stage: Stage) => Promise<Json> | Json;
export type Case = Given | { options: Partial<SimulatorOptions>; given: Given };
export interface MethodCases {
  ok: Given;
  errors: Record<string, Case>;
}
export type Cases = Record<string, MethodCases>;

export async function openStage(options: Partial<SimulatorOptions> = {}) {
  const clock: DrivenClock = drivenClock();
  const slack = await openWorkspace({ clock, ...options });
  const must = async (method: string, args: Json) => {
    const answer = await slack.call(method, args);
    if (!answer.ok) throw new Error(`${method} was to succeed on stage: ${JSON.stringify(answer)}`);
    return answer;
  };
  const idOf = (value: unknown) => String((value as Json).id);
  const room = async (args: Json = {}) =>
    idOf((await must('conversations.create', { name: 'inc-1', ...args })).channel);
  const archived = async () => {
    const channel = await room({ name: 'inc-old' });
    await must('conversations.archive', { channel });
    return channel;
  };
  const post = async (channel: string, args: Json = {}) =>
    String((await must('chat.postMessage', { channel, text: 'hello', ...args })).ts);
  const said = async (text = 'hello') =>
    String((await slack.control('message', { user: 'alice', channel: 'general', text })).ts);
  const direct = async (users = 'U0ALICE') => idOf((await must('conversations.open', { users })).channel);
  const trigger = async () => {
    const app = await connect(slack);
    await slack.control('command', { user: 'alice', channel: 'general', text: '/incident' });
    await app.close();
    return String(app.envelopes()[0]?.payload?.trigger_id);
  };
  const upload = async (bytes = 'hello') => {
    const { upload_url, file_id } = await must('files.getUploadURLExternal', {
      filename: 'a.txt',
      length: bytes.length,
    });
    await fetch(String(upload_url), { method: 'POST', body: bytes });
    return String(file_id);
  };
  return { ...slack, clock, must, room, archived, post, said, direct, trigger, upload };
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

export const plain = (text: string) => ({ type: 'plain_text', text });
export const section = (text = 'hello') => ({ type: 'section', text: { type: 'mrkdwn', text } });
export const modal = (change: Json = {}) => ({ type: 'modal', title: plain('Title'), blocks: [section()], ...change });
export const home = (change: Json = {}) => ({ type: 'home', blocks: [section()], ...change });
export const times = async (count: number, work: (i: number) => Promise<unknown>) => {
  for (let i = 0; i < count; i += 1) await work(i);
};
