/** The blast radius: how many hosts of a service all playbooks together may change in one window. */
import { guardKey } from '../claim.ts';
import type { JsonObject } from '../json.ts';
import { holdsOne } from '../person.ts';
import type { Course } from '../plan.ts';
import type { Step } from '../playbook.ts';
import type { Policy } from '../policy.ts';
import type { Run } from '../run.ts';
import { counted, passed, read, refused, type Verdict, written } from './verdict.ts';
import { inTime } from './words.ts';

/** Host → when it was last changed. */
export type Changed = Readonly<Record<string, number>>;

export function blastRadius(
  run: Run,
  { step, args }: { readonly step: Step; readonly args: JsonObject },
  { facts }: Course,
): Verdict {
  const host = facts.action(step.action)?.targetOf(args).host;
  if (host === undefined) return passed;
  const { guardrails } = facts.policy;
  const service = guardrails.hosts.find(({ name }) => name === host)?.service ?? '';
  const { windowMs } = guardrails.blastRadius;
  const known = read<Changed>(guardKey(`blast/${service}`), facts);
  const recent = Object.entries(known.value ?? {}).filter(([, when]) => facts.now < when + windowMs);
  const others = recent.filter(([name]) => name !== host);
  const most = mostHosts(facts.policy, service);
  const isKnown = others.length < recent.length;
  if (!isKnown && others.length >= most && !holdsOne(run.requestedBy, guardrails.overrideRoles))
    return refused(
      'blast_radius_spent',
      spent(others, { service, most, free: freeAt(others, most, windowMs), now: facts.now }),
    );
  return counted(written<Changed>(known, Object.fromEntries([...others, [host, facts.now]]), windowMs));
}

/** Hosts without a service are one pool. */
export function mostHosts(
  { guardrails: { blastRadius: radius, hosts } }: Pick<Policy, 'guardrails'>,
  service: string,
): number {
  const size = hosts.filter((host) => host.service === service).length;
  return Math.max(radius.atLeast, Math.floor((size * radius.percent) / 100));
}

/** When so many are out of the window that one more fits. */
function freeAt(others: readonly (readonly [string, number])[], most: number, windowMs: number): number {
  const times = others.map(([, when]) => when).toSorted((one, other) => one - other);
  return (times[others.length - most] ?? 0) + windowMs;
}

function spent(
  others: readonly (readonly [string, number])[],
  { service, most, free, now }: { service: string; most: number; free: number; now: number },
): string {
  const whose = service ? `of service ${service}` : 'without a service';
  const hosts = others.map(([name]) => name).join(', ');
  return `${hosts} ${others.length === 1 ? 'was' : 'were'} changed, and ${most} of the hosts ${whose} may be in one window; again ${inTime(free, now)}`;
}
