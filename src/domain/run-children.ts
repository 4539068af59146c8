/** Runs that other runs started: how they end, and that what started them waits for it. */
import type { EventId } from './ids.ts';
import type { Course } from './plan.ts';
import { isOver, type Run, type RunEventBody } from './run.ts';
import { advance, fail } from './run-advance.ts';
import { because, only, type Stepped } from './run-progress.ts';
import { isOverStatus } from './run-status.ts';
import { done } from './run-steps.ts';
import { unitOf, withUnit } from './run-units.ts';

type Event = Extract<RunEventBody, { kind: 'child_ended' }> & { readonly id: EventId };

export function onChildEnded(run: Run, event: Event, course: Course): Stepped {
  const unit = unitOf(run, event.step);
  const isThis = unit.status === 'waiting_run' && unit.child === event.child;
  if (isOver(run) || !isThis || !isOverStatus(event.status)) return only(run, 'step_superseded');
  const outputs = { state: event.status, outcome: event.outcome, run: event.child };
  const known = withUnit(run, unit.id, { outputs, note: event.outcome, acted: 'surely' });
  if (event.status === 'succeeded') return done(known, unit.id, { course, reason: 'child_ended' });
  if (run.cancelledBy !== undefined) {
    const gone = withUnit(known, unit.id, { status: 'cancelled', endedAt: course.facts.now });
    return because(advance(gone, course), 'child_ended', event.outcome);
  }
  const note = `${event.child} ${event.status}: ${event.outcome}`;
  return because(fail(known, unit.id, { note, course }), 'child_ended', note);
}
