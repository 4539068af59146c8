/** Neutral buttons as Slack's: an action id that the listeners know and an opaque reference. */
import type { Button as SlackButton } from '@slack/types';
import type { Button, ButtonForm } from '../domain/message.ts';
import { cutTo, oneLine, webAddress } from './text.ts';

/** Slack: 2000 characters a value. */
const longestValue = 2000;

const plainText = (text: string, most: number) => ({
  type: 'plain_text' as const,
  text: cutTo(oneLine(text), most) || '…',
  emoji: true,
});

/** Slack wants each action id once in a message: `approve`, `approve.1`, `approve.2` …; listeners match the part before the dot. */
export function uniqueActionIds(): (action: string) => string {
  const seen = new Map<string, number>();
  return (action) => {
    const count = seen.get(action) ?? 0;
    seen.set(action, count + 1);
    return count ? `${action}.${count}` : action;
  };
}

/** Nothing where it could not be shown truly: a cut reference or address would mean something else. */
export function slackButton(button: Button, actionId: (action: string) => string): readonly SlackButton[] {
  const target = targetOf(button, actionId);
  if (!target) return [];
  return [
    {
      type: 'button',
      text: plainText(button.label, 75),
      ...target,
      ...(button.tone && { style: button.tone }),
      ...(button.confirm && { confirm: confirmation(button.confirm) }),
    },
  ];
}

function targetOf({ does }: Button, actionId: (action: string) => string) {
  if ('intent' in does) return referring(actionId(does.intent), does.ref);
  if ('form' in does) return referring(actionId(formAction(does.form)), does.ref);
  const url = webAddress(does.open);
  return url !== undefined && { action_id: actionId('open'), url };
}

const referring = (action_id: string, ref: string) => ref.length <= longestValue && { action_id, value: ref };

/** `approve` does it, `approve_form` asks something first. */
export const formAction = (form: ButtonForm['form']): string => `${form}_form`;

const confirmation = ({ title, text, yes }: NonNullable<Button['confirm']>) => ({
  title: plainText(title, 100),
  text: plainText(text, 300),
  confirm: plainText(yes, 30),
  deny: plainText('Cancel', 30),
});
