/** What must be asked of a person before something is done, and which of their answers are wrong. */
import { answerField, commentField, type Form } from '../domain/form.ts';
import type { Incident } from '../domain/incident.ts';
import type { IntentBody } from '../domain/intent.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { Message } from '../domain/message.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { Reason } from '../domain/reason.ts';
import { type Run, waitingApproval } from '../domain/run.ts';
import { given } from '../domain/run-request.ts';
import { runSubject } from '../domain/triggers.ts';
import { decisionForm } from './announce/approvals.ts';
import { explain, explanation } from './announce/explain.ts';
import { runForm } from './announce/fields.ts';
import { answerForm } from './announce/questions.ts';
import { capital } from './announce/words.ts';
import type { Received } from './commit.ts';
import { incidentNamed, playbookNamed, runNamed } from './named.ts';
import { incidentOf, runOf } from './perform/read.ts';
import type { World } from './world.ts';

type Wanted<Kind extends IntentBody['kind']> = Extract<IntentBody, { kind: Kind }>;

/** `asked`: the person wants to be asked, whether or not something is missing. Undefined: nothing need be asked. */
export async function formFor(world: World, intent: IntentBody, asked: boolean): Promise<Form | Message | undefined> {
  switch (intent.kind) {
    case 'approve':
    case 'reject':
      return await forDecision(world, intent, asked);
    case 'answer':
      return intent.value === '' ? await forAnswer(world, intent) : undefined;
    case 'run_playbook':
      return await forRun(world, intent);
    default:
      return undefined;
  }
}

async function forDecision(world: World, intent: Wanted<'approve' | 'reject'>, asked: boolean) {
  const run = await runMeant(world, intent);
  const approval = intent.approval
    ? run?.approvals.find(({ id }) => id === intent.approval)
    : run && waitingApproval(run);
  // What is wrong with it is said when it is judged; only who wants to be asked hears it now.
  if (!run || !approval) return asked ? explanation(run ? 'no_such_approval' : 'no_such_run') : undefined;
  if (approval.status !== 'waiting') return asked ? explanation(overReason(approval.status)) : undefined;
  if (!asked && (intent.comment || approval.spec.comment === 'optional')) return undefined;
  const ref = `${run.id}/${approval.id}/${intent.digest ?? approval.digest.slice(0, 8)}`;
  return decisionForm(run, approval, { intent: intent.kind, ref });
}

const overReason = (status: string): Reason =>
  status === 'expired' ? 'approval_expired' : status === 'void' ? 'approval_outdated' : 'approval_already_decided';

async function forAnswer(world: World, intent: Wanted<'answer'>): Promise<Form | Message> {
  const run = await runMeant(world, intent);
  if (!run) return explanation('no_such_run');
  const step = askingIn(run, intent.step);
  return step?.question ? answerForm(run, step, step.question) : explanation('no_such_question');
}

const askingIn = (run: Run, step: string) =>
  run.steps.find(({ id, status }) => status === 'waiting_answer' && (step === '' || id === step));

async function runMeant(
  world: World,
  { run, kind }: Wanted<'approve' | 'reject' | 'answer'>,
): Promise<Run | undefined> {
  const id = await runNamed(world, run, kind);
  return id && (await runOf(world, id));
}

/** Only what the person did not type is asked for: what they typed wrong is said. */
async function forRun(world: World, intent: Wanted<'run_playbook'>): Promise<Form | undefined> {
  const meant = await playbookMeant(world, intent);
  if (!meant) return undefined;
  const { problems, good } = checked(world, meant);
  const wrong = Object.keys(problems);
  const isTyped = (name: string): boolean => Object.hasOwn(intent.inputs, name);
  const isUnknown = Object.keys(intent.inputs).some((name) => !Object.hasOwn(meant.playbook.inputs, name));
  if (!wrong.length || wrong.some(isTyped) || isUnknown) return undefined;
  return runForm(meant.playbook, intent.incident, { ...meant.known, ...good });
}

interface Meant {
  readonly playbook: Playbook;
  readonly known: JsonObject;
}

async function playbookMeant(world: World, intent: Wanted<'run_playbook'>): Promise<Meant | undefined> {
  const id = await incidentNamed(world, intent.incident);
  const incident = id && (await incidentOf(world, id));
  const playbook = incident && (await playbookNamed(world, intent.playbook));
  return playbook && { playbook, known: knownOf(playbook, incident, intent.inputs) };
}

/** The same alert that the run will be about. */
function knownOf(playbook: Playbook, incident: Incident, inputs: JsonObject): JsonObject {
  const proposal = incident.proposals.find((candidate) => candidate.id === playbook.id);
  return given(playbook, { inputs, subject: runSubject(incident, proposal?.subject ?? incident.subject) });
}

interface Checked {
  /** Input → what is wrong with it. */
  readonly problems: Readonly<Record<string, string>>;
  /** As they will be taken: `shop-1:9100` is `shop-1`. */
  readonly good: JsonObject;
}

/** One by one, so that each problem stands at its field. */
function checked({ pure }: World, { playbook, known }: Meant): Checked {
  const results = Object.entries(playbook.inputs).map(([name, spec]) => {
    const value: Json | undefined = known[name];
    return { name, ...pure.checkInputs({ [name]: spec }, value === undefined ? {} : { [name]: value }) };
  });
  return {
    problems: Object.fromEntries(
      results.flatMap((one) => (one.ok ? [] : [[one.name, withoutName(one.problems.join(' '), one.name)] as const])),
    ),
    good: Object.assign({}, ...results.map((one) => (one.ok ? one.inputs : {}))) as JsonObject,
  };
}

/** It stands at its field. */
const withoutName = (problem: string, name: string): string =>
  capital(problem.startsWith(`\`${name}\` `) ? problem.slice(name.length + 3) : problem);

/** Field of the form → what is wrong with it; nothing where no field is to blame. */
export async function fieldProblems(
  world: World,
  intent: IntentBody,
  { reason, detail = '' }: Received,
): Promise<Readonly<Record<string, string>>> {
  if (reason === 'comment_missing') return { [commentField]: explain(reason) };
  if (reason === 'answer_invalid') return { [answerField]: capital(detail) };
  if (reason !== 'inputs_invalid') return {};
  const meant = intent.kind === 'run_playbook' ? await playbookMeant(world, intent) : undefined;
  return meant ? checked(world, meant).problems : {};
}
