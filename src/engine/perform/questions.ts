/** Questions as people meet them: the card, and its newest state. */
import type { RunId } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { Run } from '../../domain/run.ts';
import { questionCard } from '../announce/questions.ts';
import type { World } from '../world.ts';
import type { Performers } from './performer.ts';
import { placeOf, post } from './posting.ts';
import { runIn, runOf } from './read.ts';

export const questionPerformers = {
  post_question: async (effect, work) => {
    const asked = found(runIn(work.about), effect);
    if (!asked || asked.question.message) return 'done';
    // An earlier worker may have shown it: its button must not outlive the answer.
    if (asked.step.status !== 'waiting_answer' && !work.hold.mayHaveActed) return 'done';
    const place = await placeOf(work.world, asked.run);
    if ('wait' in place) return place.wait;
    const message = await post(effect, work, {
      ...place,
      content: questionCard(asked.run, asked.step, asked.question),
    });
    return { to: effect.run, event: { kind: 'question_posted', step: effect.step, message } };
  },
  refresh_question: async (effect, { world, about }) => {
    const asked = found(runIn(about), effect);
    const message = asked?.question.message;
    if (message) await world.chat.edit(message, () => cardNow(world, effect), effect.urgency);
    return 'done';
  },
} satisfies Partial<Performers>;

interface Named {
  readonly run: RunId;
  readonly step: string;
}

function found(run: Run | undefined, { step: wanted }: Named) {
  const step = run?.steps.find((candidate) => candidate.id === wanted);
  return run && step?.question ? { run, step, question: step.question } : undefined;
}

async function cardNow(world: World, named: Named): Promise<Message> {
  const asked = found(await runOf(world, named.run), named);
  if (!asked) throw new Error(`${named.run} asks nothing in ${named.step}`);
  return questionCard(asked.run, asked.step, asked.question);
}
