/** All listeners: what Slack may send us, and nothing else. A house test compares them with manifest.yml. */
import type {
  AckFn,
  App,
  BlockButtonAction,
  RespondArguments,
  RespondFn,
  ViewResponseAction,
  ViewSubmitAction,
} from '@slack/bolt';
import type { IntentBody } from '../../domain/intent.ts';
import { formAction } from '../buttons.ts';
import { type Filled, formCallback } from '../modals.ts';
import { asTyped } from '../words.ts';
import { answer, type Reply } from './answering.ts';
import type { Asked, Read } from './asked.ts';
import { automationCommand, readAutomation } from './automation.ts';
import { buttonForms, buttonIntents, readButton, readForm } from './buttons.ts';
import { inWords, type Outcome, submitted, working } from './forms.ts';
import { incidentCommand, readIncident } from './incident.ts';
import { deliver, inTime, type Listening } from './listening.ts';
import { playbookCommand, readPlaybook } from './playbook.ts';

const reads: Readonly<Record<string, Read>> = {
  [incidentCommand]: readIncident,
  [playbookCommand]: readPlaybook,
  [automationCommand]: readAutomation,
};

/** Action id → what a click on it asks for. */
const clicks: Readonly<Record<string, (ref: string) => Asked | undefined>> = Object.fromEntries([
  ...buttonIntents.map((intent) => [intent, (ref: string) => asking(readButton[intent](ref))] as const),
  ...buttonForms.map((form) => [formAction(form), (ref: string) => asking(readForm[form](ref), true)] as const),
]);

const asking = (intent: IntentBody | undefined, asks?: true): Asked | undefined =>
  intent && { intent, ...(asks && { asks }) };

export const listeners: { readonly commands: readonly string[]; readonly actions: readonly string[] } = {
  commands: Object.keys(reads),
  actions: [...Object.keys(clicks), 'open'],
};

export function register(app: App, listening: Listening): void {
  for (const [command, read] of Object.entries(reads)) onCommand(app, command, { listening, read });
  for (const [action, read] of Object.entries(clicks)) onButton(app, action, { listening, read });
  onForm(app, listening);
  // Slack: a button that opens a page still sends a click, and waits for its acknowledgement.
  app.action(actionsOf('open'), ({ ack }) => ack());
}

/** `approve`, `approve.1` …: see `uniqueActionIds`. */
const actionsOf = (action: string): RegExp => new RegExp(`^${action}(?:\\.\\d+)?$`);

function onCommand(app: App, name: string, { listening, read }: { listening: Listening; read: Read }): void {
  app.command(name, ({ ack, command, respond }) => {
    const asked = read(asTyped(command.text), command.channel_id);
    const reply = answer(listening, { asked, user: command.user_id, trigger: command.trigger_id });
    return listening.track(replyToCommand(listening, { ack, respond, reply }));
  });
}

interface Exchange {
  readonly ack: AckFn<RespondArguments>;
  readonly respond: RespondFn;
  readonly reply: Promise<Reply | undefined>;
}

/** The acknowledgement carries the answer when it is there in time. */
async function replyToCommand(listening: Listening, { ack, respond, reply }: Exchange): Promise<void> {
  const early = await inTime(listening, reply);
  await deliver(listening, () => (early && early !== 'late' ? ack(early) : ack()));
  if (early === 'late') await respondWith(listening, { respond, reply });
}

type Click = { readonly listening: Listening; readonly read: (ref: string) => Asked | undefined };

function onButton(app: App, name: string, { listening, read }: Click): void {
  app.action<BlockButtonAction>(actionsOf(name), ({ ack, action, body, respond }) => {
    const asked = read(action.value ?? '');
    const reply = answer(listening, { asked, user: body.user.id, trigger: body.trigger_id });
    return listening.track(replyToClick(listening, { ack, respond, reply }));
  });
}

/** The acknowledgement of a click carries nothing. */
async function replyToClick(
  listening: Listening,
  { ack, ...answering }: Omit<Exchange, 'ack'> & { readonly ack: () => Promise<void> },
): Promise<void> {
  await inTime(listening, answering.reply);
  await deliver(listening, () => ack());
  await respondWith(listening, answering);
}

async function respondWith(listening: Listening, { respond, reply }: Omit<Exchange, 'ack'>): Promise<void> {
  const message = await reply;
  if (message) await deliver(listening, () => respond(message));
}

function onForm(app: App, listening: Listening): void {
  app.view<ViewSubmitAction>(formCallback, ({ ack, body, view }) => {
    const { private_metadata: metadata, state, id } = view;
    const sent = { metadata, filled: state.values as Filled, user: body.user.id, trigger: body.trigger_id };
    return listening.track(replyToForm(listening, { ack, view: id, outcome: submitted(listening, sent) }));
  });
}

interface Sending {
  readonly ack: AckFn<ViewResponseAction>;
  readonly view: string;
  readonly outcome: Promise<Outcome>;
}

/** What comes too late for the acknowledgement is shown in the form that stayed open for it. */
async function replyToForm(listening: Listening, { ack, view, outcome }: Sending): Promise<void> {
  const early = await inTime(listening, outcome);
  await deliver(listening, () => acknowledged(ack, early === 'late' ? working : early));
  if (early !== 'late') return;
  const late = inWords(await outcome);
  await deliver(listening, () => listening.views.update(view, late));
}

async function acknowledged(ack: AckFn<ViewResponseAction>, outcome: Outcome): Promise<void> {
  if (outcome.kind === 'done') return await ack();
  if (outcome.kind === 'wrong') return await ack({ response_action: 'errors', errors: outcome.errors });
  await ack({ response_action: 'update', view: outcome.view });
}
