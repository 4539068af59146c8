/** Reading the newest state, for whoever is about to show it. */
import type { IncidentId, RunId } from '../../domain/ids.ts';
import type { Incident } from '../../domain/incident.ts';
import type { Course } from '../../domain/plan.ts';
import type { Playbook, Step } from '../../domain/playbook.ts';
import { homeOf } from '../../domain/policy.ts';
import type { Run, StepRun } from '../../domain/run.ts';
import { find } from '../../domain/units.ts';
import { factsAround } from '../gather.ts';
import type { Loaded } from '../ports.ts';
import type { World } from '../world.ts';

export async function incidentOf({ store }: World, id: IncidentId): Promise<Incident | undefined> {
  return (await store.load(id)).state as Incident | undefined;
}

export async function runOf({ store }: World, id: RunId): Promise<Run | undefined> {
  return (await store.load(id)).state as Run | undefined;
}

/** What an effect is about, as it was when the effect was claimed. */
export const incidentIn = ({ state }: Loaded): Incident | undefined => state as Incident | undefined;
export const runIn = ({ state }: Loaded): Run | undefined => state as Run | undefined;

/** On its way to be posted or opened: worth waiting for. */
export const isComing = (incident: Incident | undefined): boolean =>
  incident !== undefined &&
  incident.channelPolicy === 'first_alert' &&
  !incident.channel &&
  incident.channelProblem === undefined;

/** Where people follow an incident: its own channel, else its service's. */
export const whereOf = (incident: Incident | undefined): string | undefined =>
  incident?.channel?.id ?? incident?.summary?.channel;

/** References of all secrets that its steps may be given: the playbook's, and those that a person chose as an input. */
export const secretsOf = ({ inputs }: Run, playbook: Playbook | undefined): readonly string[] => [
  ...Object.values(playbook?.secrets ?? {}),
  ...Object.entries(playbook?.inputs ?? {}).flatMap(([name, { secret }]) =>
    secret && inputs[name] !== undefined ? [secretNamed(inputs[name])] : [],
  ),
];

/** As `${{ secrets.NAME }}` is filled in. */
export function secretNamed(reference: unknown): string {
  const named =
    typeof reference === 'object' && reference !== null && 'secret' in reference ? reference.secret : undefined;
  if (typeof named !== 'string') throw new Error('a secret is given as `${{ secrets.NAME }}`, and in no other way');
  return named;
}

/** Where a step may speak: one that has no channel of its own, and whose summary is on its way, speaks where that comes. */
export const spokenIn = ({ policy }: World, incident: Incident | undefined): string | undefined =>
  whereOf(incident) ?? (incident?.channelPolicy === 'never' ? homeOf(policy, incident.service) : undefined);

/** A unit of a run, with the entry of the playbook that it runs, and what decisions would be told now. */
export interface Found {
  readonly run: Run;
  readonly unit: StepRun;
  readonly spec: Step;
  readonly course: Course;
}

export async function foundUnit(
  { world, about }: { readonly world: World; readonly about: Loaded },
  step: string,
): Promise<Found | undefined> {
  const run = runIn(about);
  const facts = await factsAround(world, { now: about.now });
  const playbook = run && (await world.store.library.get(run.playbook.hash));
  const unit = run?.steps.find(({ id }) => id === step);
  const spec = playbook && find(step, playbook);
  return run && unit && spec ? { run, unit, spec, course: { playbook, facts } } : undefined;
}
