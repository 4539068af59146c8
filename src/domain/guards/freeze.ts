/** `limits.freeze`: in a freeze nothing begins, unless who asked for it holds a role that may. */

import { holdsOne } from '../person.ts';
import type { Course } from '../plan.ts';
import type { Run } from '../run.ts';
import { passed, refused, type Verdict } from './verdict.ts';
import { at } from './words.ts';

export function thawed(run: Run, { playbook, facts }: Course): Verdict {
  for (const { calendar, overrideRoles } of playbook.limits.freeze) {
    const freeze = facts.pure.frozen(calendar, facts.now);
    if (!freeze || holdsOne(run.requestedBy, overrideRoles)) continue;
    const until = freeze.until === undefined ? '' : ` until ${at(freeze.until)}`;
    return refused('frozen', `calendar ${calendar}: ${freeze.title}${until}${passes(overrideRoles)}`);
  }
  return passed;
}

const passes = (roles: readonly string[]): string =>
  roles.length ? `; the role ${roles.join(' or ')} may run it all the same` : '';
