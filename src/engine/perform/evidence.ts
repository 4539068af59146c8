/** Evidence: every provider at once, under one deadline; one that fails or is slow costs a line, never the card. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Evidence } from '../../domain/evidence.ts';
import type { Incident } from '../../domain/incident.ts';
import type { EvidenceProvider, EvidenceSubject, FoundEvidence } from '../ports.ts';
import type { World } from '../world.ts';
import type { Performers } from './performer.ts';
import { incidentIn } from './read.ts';

const deadlineMs = 15_000;

export const evidencePerformers = {
  collect_evidence: async ({ incident: id }, { world, about }) => {
    const incident = incidentIn(about);
    if (!incident?.subject) return 'done';
    const subject = await subjectOf(world, incident, incident.subject);
    const all = await Promise.all(world.evidence.map((provider) => ask(world, provider, subject)));
    const evidence = all.flatMap(({ found }) => found);
    const problems = all.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
    return { to: id, event: { kind: 'evidence_found', evidence, problems } };
  },
} satisfies Partial<Performers>;

async function subjectOf(
  world: World,
  incident: Incident,
  alert: NonNullable<Incident['subject']>,
): Promise<EvidenceSubject> {
  const service = world.policy.services.find(({ name }) => name === incident.service);
  return { alert, externalURL: incident.externalURL, links: service?.links ?? [], now: await world.store.now() };
}

interface Asked {
  readonly found: readonly Evidence[];
  readonly problem?: string;
}

async function ask(world: World, provider: EvidenceProvider, subject: EvidenceSubject): Promise<Asked> {
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const found = await Promise.race([provider.collect(subject, deadline), tooLate(deadline)]);
    return {
      found: await Promise.all(found.map((item) => kept(world, { item, source: provider.id, at: subject.now }))),
    };
  } catch (error) {
    return { found: [], problem: `${provider.id}: ${firstLine(error)}` };
  }
}

async function tooLate(signal: AbortSignal): Promise<never> {
  await pause(deadlineMs, undefined, { ref: false, signal }).catch(() => undefined);
  throw new Error(`no answer within ${deadlineMs / 1000} s`);
}

async function kept(
  { blobs }: World,
  { item, source, at }: { item: FoundEvidence; source: string; at: number },
): Promise<Evidence> {
  if (item.kind === 'link') return { ...item, source, at };
  const blob = await blobs.put(`${source}.png`, item.png);
  return { kind: 'picture', title: item.title, alt: item.alt, blob, source, at };
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200) ?? '';
