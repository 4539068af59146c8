/** `slack.message`: says something in the incident's channel, once for each attempt. */
import { z } from 'zod';
import { ChatFailure } from '../domain/failures.ts';
import type { ChannelRef } from '../domain/ids.ts';
import { type Message, plain } from '../domain/message.ts';
import type { Chat, StepAction, StepContext } from '../engine/ports.ts';
import { defineAction, failedAfter, failedBefore, inShort } from './define.ts';
import { posted } from './posting.ts';

const urgency = 3;

export const slackMessage = (chat: Chat): StepAction =>
  defineAction({
    id: 'slack.message',
    version: 1,
    summary: "Posts a line in the incident's channel.",
    effects: ['idempotent'],
    params: z.strictObject({ text: z.string().min(1).max(3_000).describe('Plain text: nothing in it is markup') }),
    outputs: ['ts'],
    describe: ({ text }) => `say "${inShort(text)}"`,
    execute: async ({ text }, context) => {
      try {
        const { ts } = await posted(chat, postOf(text, context), context);
        return { kind: 'succeeded', outputs: { ts }, note: 'posted' };
      } catch (error) {
        if (!(error instanceof ChatFailure)) throw error;
        const message = `The message was not posted: ${error.message}`;
        return error.retryable ? failedAfter(message, 'unavailable') : failedBefore(message, 'refused');
      }
    },
  });

function postOf(text: string, { channel }: StepContext) {
  const content: Message = { summary: text, sections: [{ kind: 'text', text: plain(text) }] };
  return { channel: channel as ChannelRef, content, urgency };
}
