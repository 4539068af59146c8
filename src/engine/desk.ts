/** The desk: what people ask for and want to know, by button or by command. */
import { type IncidentId, incidentId, isRunId, type RunId } from '../domain/ids.ts';
import type { Incident } from '../domain/incident.ts';
import type { Intent, Question } from '../domain/intent.ts';
import type { Message } from '../domain/message.ts';
import type { Reason } from '../domain/reason.ts';
import { nextOccurrence } from '../domain/schedule.ts';
import { runSubject } from '../domain/triggers.ts';
import { automationStatus } from './announce/automation.ts';
import { explanation } from './announce/explain.ts';
import { help, incidentList, playbookList, runList } from './announce/lists.ts';
import { playbookShown } from './announce/playbooks.ts';
import { timelineOf } from './announce/timeline.ts';
import { automationNow, scheduleOf, trackRecord } from './automation-status.ts';
import { cardOf } from './cards.ts';
import type { Received } from './commit.ts';
import { fieldProblems, formFor } from './forms.ts';
import { incidentNamed, incidentsOf, listed, playbookNamed, playbooksLike, runNamed, runsOf } from './named.ts';
import { incidentOf, runOf } from './perform/read.ts';
import type { Answer, Desk } from './ports.ts';
import { progressOf } from './progress.ts';
import type { Around, Receive } from './receive.ts';
import type { World } from './world.ts';

/** Reasons that mean: it is so now. */
const granted: ReadonlySet<Reason> = new Set<Reason>([
  'opened_by_hand',
  'acknowledged',
  'resolved_by_hand',
  'severity_set',
  'note_added',
  'run_started',
  'approved',
  'approval_counted',
  'rejected',
  'run_cancelled',
  'cancel_waits',
  'unknown_settled',
  'unknown_verified',
  'unknown_retried',
  'answered',
  'run_queued',
  'automation_stop_set',
  'automation_resumed',
  'unlocked',
  'repeated',
]);

export function createDesk(world: World, receive: Receive): Desk {
  return {
    act: async (intent) => {
      const received = await taken({ world, receive }, intent);
      return { ...answered(received), problems: await fieldProblems(world, intent, received) };
    },
    answer: (question) => answerTo(world, question),
    form: (intent, asked) => formFor(world, intent, asked),
  };
}

const answered = ({ reason, detail }: Received): Omit<Answer, 'problems'> => ({
  reason,
  done: granted.has(reason),
  message: explanation(reason, detail),
});

interface Office {
  readonly world: World;
  readonly receive: Receive;
}

async function taken(office: Office, intent: Intent): Promise<Received> {
  const { receive } = office;
  switch (intent.kind) {
    case 'open_incident':
      return await openIncident(office, intent);
    case 'stop_automation':
    case 'resume_automation':
    case 'unlock':
      return await receive.automation(intent, once(intent));
    case 'run_playbook':
      return await runPlaybook(office, intent);
    case 'approve':
    case 'reject':
    case 'cancel_run':
    case 'settle_unknown':
    case 'answer':
      return await onRun(office, intent);
    default:
      return await onIncident(office, intent);
  }
}

/** A click that is delivered twice counts once. */
const once = ({ id }: Intent): Around => ({ causes: [{ kind: 'event', event: id }] });

async function openIncident({ world, receive }: Office, intent: Extract<Intent, { kind: 'open_incident' }>) {
  const id = await freshIncident(world);
  const received = await receive.incident(id, intent, once(intent));
  return received.reason === 'opened_by_hand' ? { ...received, detail: `It is ${id}.` } : received;
}

const freshIncident = async ({ store }: World): Promise<IncidentId> => incidentId(await store.nextNumber('incident'));

async function onIncident(
  { world, receive }: Office,
  intent: Extract<Intent, { incident: string }>,
): Promise<Received> {
  const id = await incidentNamed(world, intent.incident);
  if (!id || intent.kind === 'run_playbook') return { reason: 'no_such_incident' };
  return await receive.incident(id, intent, once(intent));
}

async function runPlaybook(
  { world, receive }: Office,
  intent: Extract<Intent, { kind: 'run_playbook' }>,
): Promise<Received> {
  const id = await incidentNamed(world, intent.incident);
  const incident = id && (await incidentOf(world, id));
  if (!incident) return { reason: 'no_such_incident' };
  const playbook = await playbookNamed(world, intent.playbook);
  if (!playbook) return noSuchPlaybook(world, intent.playbook);
  const proposal = incident.proposals.find((candidate) => candidate.id === playbook.id);
  // A button stands for the alert that brought it up; who types the name wants it whatever the alert does.
  const isProposed = proposal !== undefined && intent.playbook !== playbook.id;
  const request = {
    playbook: playbook.hash,
    incident: incident.id,
    requestedBy: intent.by,
    inputs: intent.inputs,
    mode: isProposed ? ('propose' as const) : ('manual' as const),
    subject: runSubject(incident, proposal?.subject ?? incident.subject),
  };
  const run = `run-${world.pure.digest(intent.id).slice(0, 10)}` as RunId;
  const received = await receive.run(run, { id: intent.id, kind: 'run_requested', request });
  return received.reason === 'run_started' ? { reason: 'run_started', detail: `${playbook.name}, ${run}` } : received;
}

function noSuchPlaybook(world: World, named: string): Received {
  const meant = playbooksLike(world, named);
  return { reason: 'playbook_unknown', ...(meant !== undefined && { detail: meant }) };
}

async function onRun({ world, receive }: Office, intent: Extract<Intent, { run: string }>): Promise<Received> {
  const id = await runNamed(world, intent.run, intent.kind);
  if (!id) return { reason: 'no_such_run' };
  return await receive.run(id, intent, once(intent));
}

async function answerTo(world: World, question: Question): Promise<Message> {
  switch (question.kind) {
    case 'list_incidents':
      return incidentList(await incidentsOf(world, question.all ? 'all' : 'open'));
    case 'show_incident':
      return await aboutIncident(world, question.incident, (incident) => cardOf(world, incident));
    case 'timeline':
      return await aboutIncident(world, question.incident, async (incident) =>
        timelineOf(incident, await world.store.history(incident.id, listed)),
      );
    case 'list_playbooks':
      return await playbooksListed(world);
    case 'show_playbook': {
      const playbook = await playbookNamed(world, question.playbook);
      return playbook
        ? playbookShown(playbook, {
            record: await trackRecord(world, playbook.id),
            schedule: await scheduleOf(world, playbook),
          })
        : explanation('playbook_unknown', playbooksLike(world, question.playbook));
    }
    case 'list_runs':
      return runList(await runsOf(world, 'all'));
    case 'show_run': {
      const run = isRunId(question.run) ? await runOf(world, question.run) : undefined;
      return run ? await progressOf(world, run) : explanation('no_such_run');
    }
    case 'automation_status':
      return automationStatus(await automationNow(world));
    case 'help':
      return help(question.topic, question.typed);
  }
}

async function playbooksListed({ playbooks, store, pure }: World): Promise<Message> {
  const now = await store.now();
  return playbookList(playbooks.current(), playbooks.problems(), (playbook) => nextOccurrence(playbook, now, pure)?.at);
}

async function aboutIncident(
  world: World,
  named: string,
  say: (incident: Incident) => Promise<Message>,
): Promise<Message> {
  const id = await incidentNamed(world, named);
  const incident = id && (await incidentOf(world, id));
  return incident ? await say(incident) : explanation('no_such_incident');
}
