/** The story that each case plays: an alert, its playbooks, the people, the end of the alert, until all is over. */
import { setTimeout as pause } from 'node:timers/promises';
import { notify, type Sent } from '../support/alert-source.ts';
import { onceStep } from './cuts.ts';
import type { Scene } from './scene.ts';
import { buttonTo, hasButton, type Kind, look, oneOf, pictures, type Sight, shows } from './sights.ts';

export interface Told {
  readonly sight: Sight;
  readonly webhooks: readonly Sent[];
  /** Whether a person was asked how the step ended that may not be repeated. */
  readonly wasAsked: boolean;
  /** What the story still waited for when its time was over; '' when it came to its end. */
  readonly waitedFor: string;
}

const lookEveryMs = 150;

interface Course {
  readonly scene: Scene;
  readonly webhooks: Promise<Sent>[];
  resolvedSent: boolean;
  wasAsked: boolean;
}

export interface Telling {
  readonly withinMs: number;
  /** Seen enough. */
  readonly until?: ((sight: Sight) => boolean) | undefined;
  /** Done at each sight, before people act on it. */
  readonly before?: (sight: Sight) => Promise<void>;
}

export async function tell(scene: Scene, { withinMs, until: enough, before }: Telling): Promise<Told> {
  const course: Course = { scene, webhooks: [], resolvedSent: false, wasAsked: false };
  const until = Date.now() + withinMs;
  course.webhooks.push(sends(scene, { status: 'firing', withinMs }));
  for (;;) {
    const sight = await look(scene);
    await before?.(sight);
    const waitedFor = await goOn(course, sight);
    const isLate = Date.now() > until || enough?.(sight) === true;
    if ((waitedFor === '' && (await scene.isIdle())) || isLate) {
      const webhooks = await Promise.all(course.webhooks);
      return { sight: await look(scene), webhooks, wasAsked: course.wasAsked, waitedFor };
    }
    await pause(lookEveryMs);
  }
}

/** Does what people do at this sight; answers what is still waited for. */
async function goOn(course: Course, sight: Sight): Promise<string> {
  await peopleAct(course, sight);
  if (!course.resolvedSent) {
    const missing = firstMissing(beforeTheEnd, sight);
    if (missing) return missing;
    course.resolvedSent = true;
    course.webhooks.push(sends(course.scene, { status: 'resolved', withinMs: 20_000 }));
  }
  return firstMissing(atTheEnd, sight);
}

type Wants = Readonly<Record<string, (sight: Sight) => boolean>>;

const firstMissing = (wants: Wants, sight: Sight): string =>
  Object.entries(wants).find(([, holds]) => !holds(sight))?.[0] ?? '';

const says = (kind: Kind, words: string) => (sight: Sight) => shows(oneOf(sight, kind), words);

const beforeTheEnd: Wants = {
  'a channel': ({ channel }) => channel !== undefined,
  'Alice is on it': (sight) => oneOf(sight, 'acknowledged') !== undefined,
  'the picture': (sight) => pictures(sight).length > 0,
  'a summary': ({ summaries }) => summaries.length > 0,
  'the end of Repair': (sight) => /^Repair (succeeded|failed)/.test(oneOf(sight, 'progress of Repair')?.text ?? ''),
  'the end of Expires': says('progress of Expires', 'failed'),
  'the end of Gives up': says('progress of Gives up', 'failed'),
  'the end of Asks': says('progress of Asks', 'failed'),
  'the approval of Lasts': (sight) => hasButton(oneOf(sight, 'approval of Lasts'), 'approve'),
};

/** The newest state is shown wherever it is shown at all. */
const atTheEnd: Wants = {
  'the end of Lasts': says('progress of Lasts', 'cancelled'),
  'a card that says closed': says('card', 'Closed'),
  'a topic that says closed': ({ channel }) => channel?.topic.includes('Closed') ?? false,
  'a summary that says closed': ({ summaries: [summary] }) => shows(summary, 'Closed'),
  'a pinned card': (sight) => oneOf(sight, 'card')?.pinned === true,
  'Alice and Bob in the channel': ({ channel }) =>
    ['U0ALICE', 'U0BOB'].every((user) => channel?.members.includes(user)),
  'a question that is over': (sight) => !hasButton(oneOf(sight, 'question of Asks'), 'answer_form'),
  'approvals that are decided': (sight) =>
    (['approval of Repair', 'approval of Expires', 'approval of Lasts'] as const).every(
      (kind) => !hasButton(oneOf(sight, kind), 'approve'),
    ),
};

async function peopleAct(course: Course, sight: Sight): Promise<void> {
  const { workspace } = course.scene;
  const { channel } = sight;
  if (!channel) return;
  const click = async (user: string, kind: Kind, button: string): Promise<void> => {
    const message = oneOf(sight, kind);
    if (!message || !hasButton(message, button)) return;
    // Nobody may be there to hear it: whoever sees that nothing happens clicks again.
    await workspace.click({ user, channel: channel.id, ts: message.ts, button }).catch(() => undefined);
  };
  if (!oneOf(sight, 'acknowledged')) await click('alice', 'card', 'acknowledge');
  await click('bob', 'approval of Repair', 'approve');
  if (!hasButton(oneOf(sight, 'progress of Repair'), 'settle_unknown')) return;
  course.wasAsked = true;
  // They look at the target first, as the button tells them to.
  const worked = sight.target.some((line) => line.startsWith(`${onceStep} `));
  const button = buttonTo(oneOf(sight, 'progress of Repair'), worked ? 'worked' : 'failed');
  if (button) await click('bob', 'progress of Repair', button);
}

interface Webhook {
  readonly status: 'firing' | 'resolved';
  readonly withinMs: number;
}

const startsAt = new Map<Scene, string>();

function sends(scene: Scene, { status, withinMs }: Webhook): Promise<Sent> {
  const { url, token } = scene;
  const began = startsAt.get(scene) ?? new Date().toISOString();
  startsAt.set(scene, began);
  const alert = {
    status,
    fingerprint: 'a1b2c3d4e5f60718',
    labels: { alertname: 'ShopErrors', service: 'shop', severity: 'critical', instance: 'shop-1' },
    annotations: { summary: 'The shop fails' },
    startsAt: began,
    endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : new Date().toISOString(),
    generatorURL: `${scene.prometheusUrl}/graph?g0.expr=vector(1)&g0.tab=1`,
  };
  const body = {
    version: '4',
    groupKey: '{}:{alertname="ShopErrors"}',
    truncatedAlerts: 0,
    status,
    receiver: 'tocsin',
    groupLabels: { alertname: 'ShopErrors' },
    commonLabels: alert.labels,
    commonAnnotations: alert.annotations,
    externalURL: 'http://alertmanager.example',
    alerts: [alert],
  };
  return notify({ url, token, withinMs }, JSON.stringify(body));
}
