/** `page`: calls a person out, through the pagers that are configured; where there is none, loudly in the incident's channel. */
import { z } from 'zod';
import { ChatFailure } from '../domain/failures.ts';
import type { ChannelRef } from '../domain/ids.ts';
import { bold, type Message } from '../domain/message.ts';
import type { StepOutcome } from '../domain/run.ts';
import type { Chat, Pager, StepAction, StepContext } from '../engine/ports.ts';
import { defineAction, failedAfter, failedBefore } from './define.ts';
import { posted } from './posting.ts';

const urgency = 0;

type Page = { readonly to: string; readonly text: string };
type Means = { readonly chat: Chat; readonly pagers: readonly Pager[] };

export const page = (means: Means): StepAction =>
  defineAction({
    id: 'page',
    version: 1,
    summary: "Pages people; without a pager it says so, and posts loudly in the incident's channel.",
    effects: ['idempotent'],
    params: z.strictObject({
      to: z.string().min(1).max(200).describe('Whom: a schedule, service or person, as the pager names them'),
      text: z.string().min(1).max(1_000).describe('Plain text: nothing in it is markup'),
    }),
    outputs: ['pager', 'reference'],
    describe: ({ to }) => `page ${to}`,
    execute: async (asked, context) =>
      means.pagers.length ? await throughPagers(asked, means, context) : await shouted(asked, means, context),
  });

/** The first that takes it: two pagers would wake two people, or one twice. */
async function throughPagers(
  { to, text }: Page,
  { pagers }: Means,
  { attempt, log }: StepContext,
): Promise<StepOutcome> {
  const refusals: string[] = [];
  for (const pager of pagers) {
    try {
      const reference = await pager.page({ to, text, key: attempt });
      return { kind: 'succeeded', outputs: { pager: pager.id, reference }, note: `paged ${to} through ${pager.id}` };
    } catch (error) {
      const refusal = `${pager.id}: ${error instanceof Error ? error.message : String(error)}`;
      log(refusal);
      refusals.push(refusal);
    }
  }
  return failedAfter(`Nobody was paged. ${refusals.join('; ')}`, 'unavailable');
}

const noPager = 'no pager is configured';

async function shouted(asked: Page, { chat }: Means, context: StepContext): Promise<StepOutcome> {
  const post = { channel: context.channel as ChannelRef, content: loud(asked), urgency };
  try {
    const { ts } = await posted(chat, post, context);
    return { kind: 'succeeded', outputs: { pager: '', reference: ts }, note: `${noPager}: posted in the channel only` };
  } catch (error) {
    if (!(error instanceof ChatFailure)) throw error;
    const message = `Nobody was paged: ${noPager}, and the channel did not take it: ${error.message}`;
    return error.retryable ? failedAfter(message, 'unavailable') : failedBefore(message, 'refused');
  }
}

const loud = ({ to, text }: Page): Message => ({
  summary: `PAGE for ${to}: ${text}`,
  sections: [
    { kind: 'heading', text: `🚨 Page for ${to}`.slice(0, 150) },
    { kind: 'text', text: [bold(text)] },
    { kind: 'small', text: [{ text: `Only posted here: ${noPager}. Whoever reads this, call ${to}.` }] },
  ],
  tone: 'alarm',
});
