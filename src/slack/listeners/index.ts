/** All listeners: what Slack may send us, and nothing else. A house test compares them with manifest.yml. */
import type { AckFn, App, BlockButtonAction, RespondArguments, RespondFn } from '@slack/bolt';
import type { ButtonIntent } from '../../domain/message.ts';
import { asTyped } from '../words.ts';
import { answer, deliver, inTime, type Listening, type Reply } from './answering.ts';
import type { Asked, Read } from './asked.ts';
import { automationCommand, readAutomation } from './automation.ts';
import { buttonIntents, readButton } from './buttons.ts';
import { incidentCommand, readIncident } from './incident.ts';
import { playbookCommand, readPlaybook } from './playbook.ts';

const reads: Readonly<Record<string, Read>> = {
  [incidentCommand]: readIncident,
  [playbookCommand]: readPlaybook,
  [automationCommand]: readAutomation,
};

export const listeners: { readonly commands: readonly string[]; readonly actions: readonly string[] } = {
  commands: Object.keys(reads),
  actions: [...buttonIntents, 'open'],
};

export function register(app: App, listening: Listening): void {
  for (const [command, read] of Object.entries(reads)) onCommand(app, command, { listening, read });
  for (const intent of buttonIntents) onButton(app, intent, listening);
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
  readonly reply: Promise<Reply>;
}

/** The acknowledgement carries the answer when it is there in time. */
async function replyToCommand(listening: Listening, { ack, respond, reply }: Exchange): Promise<void> {
  const early = await inTime(listening, reply);
  await deliver(listening, () => (early ? ack(early) : ack()));
  if (!early) await deliver(listening, async () => respond(await reply));
}

function onButton(app: App, intent: ButtonIntent['intent'], listening: Listening): void {
  app.action<BlockButtonAction>(actionsOf(intent), ({ ack, action, body, respond }) => {
    const read = readButton[intent](action.value ?? '');
    const asked: Asked | undefined = read && { intent: read };
    const reply = answer(listening, { asked, user: body.user.id, trigger: body.trigger_id });
    return listening.track(replyToClick(listening, { ack, respond, reply }));
  });
}

/** The acknowledgement of a click carries nothing. */
async function replyToClick(
  listening: Listening,
  { ack, respond, reply }: Omit<Exchange, 'ack'> & { readonly ack: () => Promise<void> },
): Promise<void> {
  await inTime(listening, reply);
  await deliver(listening, () => ack());
  await deliver(listening, async () => respond(await reply));
}
