/** Approvals as people meet them: the card, its newest state, and a reminder while there is still time. */
import type { Approval } from '../../domain/approval.ts';
import { ChatFailure } from '../../domain/failures.ts';
import type { MessageRef, RunId } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Run } from '../../domain/run.ts';
import { approvalCard, approvalReminder } from '../announce/approvals.ts';
import { isWhole } from '../announce/plan.ts';
import { planText } from '../announce/plan-file.ts';
import type { World } from '../world.ts';
import type { Performers, Work } from './performer.ts';
import { placeOf, post } from './posting.ts';
import { runIn, runOf } from './read.ts';

export const approvalPerformers = {
  post_approval: async (effect, work) => {
    const { run, approval } = found(runIn(work.about), effect);
    if (!run || !approval || approval.message) return 'done';
    // An earlier worker may have shown it: its buttons must not outlive the decision.
    if (approval.status !== 'waiting' && !work.hold.mayHaveActed) return 'done';
    const place = await placeOf(work.world, run);
    if ('wait' in place) return place.wait;
    const message = await post(effect, work, { ...place, content: approvalCard(run, approval) });
    if (!isWhole(approval)) await showWhole(work, { run, approval, message });
    return { to: run.id, event: { kind: 'approval_posted', approval: approval.id, message } };
  },
  refresh_approval: async (effect, { world, about }) => {
    const { approval } = found(runIn(about), effect);
    if (approval?.message) await world.chat.edit(approval.message, () => cardNow(world, effect), effect.urgency);
    return 'done';
  },
  /** Under the card, so that whoever is called finds what it is about. */
  remind_approval: async (effect, work) => {
    const { run, approval } = found(runIn(work.about), effect);
    const now = await work.world.store.now();
    if (!run || !approval?.message || approval.status !== 'waiting' || now >= approval.expiresAt) return 'done';
    const { channel, ts: thread } = approval.message;
    await post(effect, work, { channel, thread, content: approvalReminder(run, approval) });
    return 'done';
  },
} satisfies Partial<Performers>;

interface Shown {
  readonly run: Run;
  readonly approval: Approval;
  readonly message: MessageRef;
}

/** In the card's thread. People can decide without it: where Slack refuses files for good, the card still says what it lacks. */
async function showWhole({ world, hold }: Work, { run, approval, message }: Shown): Promise<void> {
  const { channel, ts: thread } = message;
  const file = {
    name: `${run.playbook.id}-${run.id}-${approval.id}.txt`,
    title: `The whole plan ${approval.digest.slice(0, 8)}`,
    alt: 'All that would be done, with all arguments',
    bytes: Buffer.from(planText(run, approval)),
  };
  try {
    await world.chat.upload({ channel, thread, ...file, urgency: 2, maybeUploaded: hold.mayHaveActed });
  } catch (error) {
    if (!(error instanceof ChatFailure) || error.retryable) throw error;
    world.telemetry.log.error('the whole of a plan could not be shown', { run: run.id, error });
  }
}

interface Named {
  readonly run: RunId;
  readonly approval: string;
}

function found(run: Run | undefined, { approval }: Named): { run?: Run; approval?: Approval } {
  const asked = run?.approvals.find((candidate) => candidate.id === approval);
  return { ...(run && { run }), ...(asked && { approval: asked }) };
}

async function cardNow(world: World, named: Named): Promise<Message> {
  const { run, approval } = found(await runOf(world, named.run), named);
  if (!run || !approval) throw new Error(`${named.run} has no approval ${named.approval}`);
  return approvalCard(run, approval);
}
