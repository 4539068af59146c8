/** The whole log of a step, as a file in the thread of its run's message. */
import type { MessageRef } from '../../domain/ids.ts';
import type { Run } from '../../domain/run.ts';
import { attemptOf, unitName } from '../announce/units.ts';
import type { World } from '../world.ts';
import type { Performers } from './performer.ts';
import { runIn } from './read.ts';

/** While the message is on its way. */
const notYetMs = 1_000;
/** A message that has not come by then after the end never will: its channel refuses us. */
const patienceMs = 10 * 60_000;

export const logPerformers = {
  upload_log: async ({ step: wanted, attempt, log, urgency }, { world, hold, about }) => {
    const run = runIn(about);
    const step = run?.steps.find((unit) => unit.id === wanted);
    const bytes = await world.blobs.get(log);
    if (!run || !step || !bytes) return 'done';
    if (!run.progress) return (await isHopeless(world, run)) ? 'done' : { againInMs: notYetMs, nothingDone: true };
    await world.chat.upload({
      ...underneath(run.progress),
      // The key is a digest of what is in it: the name is that of no other log of this run.
      name: `${fileName(`${run.playbook.id}-${wanted}-${attempt}`)}-${log.slice(0, 8)}.log`,
      title: `Log of ${unitName(step)}${attemptOf(attempt)}`,
      alt: `Log of step ${unitName(step)}${attemptOf(attempt)}`,
      bytes,
      urgency,
      maybeUploaded: hold.mayHaveActed,
    });
    return 'done';
  },
} satisfies Partial<Performers>;

const underneath = ({ channel, ts }: MessageRef) => ({ channel, thread: ts });

const isHopeless = async ({ store }: World, { endedAt }: Run): Promise<boolean> =>
  endedAt !== undefined && (await store.now()) - endedAt > patienceMs;

const fileName = (text: string): string => text.replace(/[^\w.-]+/g, '_').replace(/^_+|_+$/g, '');
