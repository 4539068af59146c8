/** What people mean by what they typed: incidents, playbooks and runs, by id, by channel, or as the only one that can be meant. */
import { channelKey } from '../domain/claim.ts';
import { type IncidentId, isIncidentId, isRunId, type RunId } from '../domain/ids.ts';
import type { Incident } from '../domain/incident.ts';
import type { Intent } from '../domain/intent.ts';
import { nearest } from '../domain/nearest.ts';
import type { Playbook } from '../domain/playbook.ts';
import { type Run, waitingApproval } from '../domain/run.ts';
import { incidentOf, runOf } from './perform/read.ts';
import type { World } from './world.ts';

export const listed = 20;

/** `inc-12`, `12`, or `channel:C…` for the incident of that channel. */
export async function incidentNamed({ store }: World, named: string): Promise<IncidentId | undefined> {
  if (named.startsWith('channel:')) {
    const [id] = await store.claims([channelKey(named.slice('channel:'.length))]);
    return (id ?? undefined) as IncidentId | undefined;
  }
  const id = /^\d+$/.test(named) ? `inc-${named}` : named.toLowerCase();
  return isIncidentId(id) ? id : undefined;
}

/** A button names the version that it showed; a person types the id. */
export async function playbookNamed({ playbooks, store }: World, named: string): Promise<Playbook | undefined> {
  return playbooks.current().find(({ id, hash }) => id === named || hash === named) ?? (await store.library.get(named));
}

/** What they may have meant, where there is none of that name: a slip of the keys, or a part of the name. */
export function playbooksLike({ playbooks }: World, named: string): string | undefined {
  const ids = playbooks.current().map(({ id }) => id);
  const near = nearest(named, ids);
  const part = nearest(
    named,
    ids.flatMap((id) => id.split('-')),
  );
  const meant = near === undefined ? ids.filter((id) => part !== undefined && id.split('-').includes(part)) : [near];
  return meant.length ? `Did you mean ${meant.slice(0, mostOffered).join(' or ')}?` : undefined;
}

const mostOffered = 3;

/** Nobody need name the run where only one can be meant. */
export async function runNamed(world: World, named: string, kind: Intent['kind']): Promise<RunId | undefined> {
  if (named) return isRunId(named) ? named : undefined;
  const meant = (await runsOf(world, 'open')).filter((run) => isMeant(run, kind));
  return meant.length === 1 ? meant[0]?.id : undefined;
}

function isMeant(run: Run, kind: Intent['kind']): boolean {
  if (kind === 'approve' || kind === 'reject') return waitingApproval(run) !== undefined;
  if (kind === 'answer') return run.steps.some(({ status }) => status === 'waiting_answer');
  return true;
}

export async function incidentsOf(world: World, which: 'open' | 'all'): Promise<readonly Incident[]> {
  const ids = await world.store.list('incident', which, listed);
  const found = await Promise.all(ids.map((id) => incidentOf(world, id as IncidentId)));
  return found.filter((incident) => incident !== undefined);
}

export async function runsOf(world: World, which: 'open' | 'all'): Promise<readonly Run[]> {
  const ids = await world.store.list('run', which, listed);
  const found = await Promise.all(ids.map((id) => runOf(world, id as RunId)));
  return found.filter((run) => run !== undefined);
}
