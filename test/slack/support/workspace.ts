/** Slack for one test: the simulator with the shipped manifest, our side of it, and a desk that notes what it is asked. */
import { fileURLToPath } from 'node:url';
import type { Form } from '../../../src/domain/form.ts';
import type { Intent, IntentBody, Question } from '../../../src/domain/intent.ts';
import { type Message, plain } from '../../../src/domain/message.ts';
import type { Answer, Desk, Log, Telemetry } from '../../../src/engine/ports.ts';
import { type Clock, type SimulatorOptions, startSimulator } from '../../../src/simulator/index.ts';
import { createSlack, type SlackOptions } from '../../../src/slack/app.ts';
import { memoryBudget } from '../../../src/store/memory/budget.ts';

const manifest = fileURLToPath(new URL('../../../manifest.yml', import.meta.url));

export interface Shown {
  readonly ts: string;
  readonly text: string;
  readonly user?: string;
  readonly to?: string;
  readonly channel?: string;
  readonly pinned?: boolean;
  readonly thread_ts?: string;
  readonly blocks?: readonly object[];
  readonly files?: readonly { readonly title: string; readonly alt_txt?: string; readonly size: number }[];
}

/** A clock that only moves when somebody waits: whoever paces calls pushes it on. */
export function pacedClock(startMs = 1_800_000_000_000) {
  let nowMs = startMs;
  const clock: Clock = { now: () => nowMs, after: () => () => undefined };
  const pause = async (ms: number): Promise<void> => {
    // Lets everything that can happen now happen first.
    await new Promise((resolve) => setImmediate(resolve));
    nowMs += ms;
  };
  return { clock, pause, now: () => nowMs };
}

export function listeningTelemetry() {
  const lines: string[] = [];
  const counts: { name: string; labels: Readonly<Record<string, string>> }[] = [];
  const note = (what: string, fields: object = {}) => void lines.push(`${what} ${JSON.stringify(fields)}`);
  const log: Log = { info: note, warn: note, error: note };
  const telemetry: Telemetry = {
    log,
    metrics: { count: (name, labels = {}) => void counts.push({ name, labels }), observe: () => undefined },
  };
  return { telemetry, lines, counts };
}

export const sentence = (text: string): Message => ({ summary: text, sections: [{ kind: 'text', text: plain(text) }] });

/** Answers everything at once, unless `hold` says when. */
export function notingDesk(hold: () => Promise<void> = async () => undefined) {
  const intents: Intent[] = [];
  const questions: Question[] = [];
  /** What the desk asks first, and how it answers, where a test says so. */
  const form: { current: (intent: IntentBody, asked: boolean) => Form | Message | undefined } = {
    current: () => undefined,
  };
  const refusal: { current: Partial<Answer> } = { current: {} };
  const desk: Desk = {
    act: async (intent): Promise<Answer> => {
      intents.push(intent);
      await hold();
      return {
        reason: 'acknowledged',
        message: sentence(`did ${intent.kind}`),
        done: true,
        problems: {},
        ...refusal.current,
      };
    },
    answer: async (question) => {
      questions.push(question);
      await hold();
      return sentence(`asked ${question.kind}`);
    },
    form: async (intent, asked) => form.current(intent, asked),
  };
  return { desk, intents, questions, form, refusal };
}

export async function openWorkspace(
  options: Partial<SimulatorOptions> & { readonly slack?: Partial<SlackOptions> } = {},
) {
  const { slack: ours = {}, ...simulated } = options;
  const simulator = await startSimulator({ manifest, limits: 'off', ...simulated });
  const heard = listeningTelemetry();
  const now = ours.now ?? Date.now;
  const slack = createSlack({
    ...{ botToken: simulator.botToken, by: { appToken: simulator.appToken }, apiUrl: simulator.apiUrl },
    ...{ roles: {}, telemetry: heard.telemetry, now, budget: memoryBudget(now) },
    ...ours,
  });
  const look = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${simulator.controlUrl}/${path}`)).json()) as T;
  const control = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${simulator.controlUrl}/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  return {
    ...{ simulator, slack, chat: slack.chat, look, control, ...heard },
    messagesIn: (channel: string) => look<Shown[]>(`channels/${channel}/messages`),
    whispersTo: (user: string) => look<Shown[]>(`ephemerals?user=${user}`),
    calls: async (method: string) => (await look<unknown[]>(`log?method=${method}`)).length,
    fault: (fault: object) => control('faults', fault),
    command: (text: string, { user = 'alice', channel = 'general' } = {}) =>
      control('command', { user, channel, text }),
    close: async () => {
      await slack.stop();
      await simulator.close();
    },
  };
}

export type Workspace = Awaited<ReturnType<typeof openWorkspace>>;
