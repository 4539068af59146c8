/** Calendar files (iCalendar, RFC 5545), with recurrences, exceptions and their own time zones. */
import ICAL from 'ical.js';
import type { Instant } from '../../domain/ids.ts';
import { horizonMs, type Span } from './span.ts';
import { instantOf, isZone, wallOf } from './zone.ts';

/** Spans of all events that are not over by `from`, as far as the horizon. */
export type SpansFrom = (from: Instant) => readonly Span[];

/** A rule that gives more than this before it reaches the present is not gone through any further. */
const mostOccurrences = 50_000;

/** Throws where the text is no calendar. `zone`: for times that name none, or one that nobody knows. */
export function icalendar(text: string, zone: string): SpansFrom {
  const events = calendarsIn(text).flatMap((calendar) => eventsOf(calendar, zone));
  const spans = (from: Instant) => events.flatMap((event) => spansOf(event, from));
  // Read once whole, so that what cannot be read is heard of now.
  spans(0);
  return spans;
}

type JCal = ConstructorParameters<typeof ICAL.Component>[0];

/** A file may hold several, one after the other. */
function calendarsIn(text: string): readonly ICAL.Component[] {
  const parsed = ICAL.parse(text) as readonly unknown[];
  const all = typeof parsed[0] === 'string' ? [parsed] : parsed;
  const calendars = all.map((jcal) => new ICAL.Component(jcal as JCal));
  if (!calendars.length || calendars.some(({ name }) => name !== 'vcalendar')) throw new Error('it is no VCALENDAR');
  return calendars;
}

interface Dated {
  readonly event: ICAL.Event;
  /** Of its times that come without one. */
  readonly zone: string;
}

function eventsOf(calendar: ICAL.Component, zone: string): readonly Dated[] {
  const components = calendar.getAllSubcomponents('vevent');
  const isException = (one: ICAL.Component) => one.hasProperty('recurrence-id');
  return components
    .filter((one) => !isException(one))
    .map((component) => {
      const uid = component.getFirstPropertyValue('uid');
      const exceptions = components.filter((one) => isException(one) && one.getFirstPropertyValue('uid') === uid);
      return { event: new ICAL.Event(component, { exceptions }), zone: zoneOf(component) ?? zone };
    });
}

/** The one that the event names, where this machine knows it by itself. */
function zoneOf(component: ICAL.Component): string | undefined {
  const named = component.getFirstProperty('dtstart')?.getParameter('tzid');
  return typeof named === 'string' && isZone(named) ? named : undefined;
}

function spansOf({ event, zone }: Dated, from: Instant): readonly Span[] {
  const spans = event.isRecurring() ? recurring({ event, zone }, from + horizonMs) : [spanOf(event, event, zone)];
  return spans.filter((span) => span !== undefined).filter((span) => span.to > from && span.to > span.from);
}

function recurring({ event, zone }: Dated, until: Instant): readonly (Span | undefined)[] {
  const spans: (Span | undefined)[] = [];
  const occurrences = event.iterator();
  for (let seen = 0; seen < mostOccurrences; seen += 1) {
    const next = occurrences.next();
    if (!next || instantAt(next, zone) > until) break;
    const { item, startDate, endDate } = event.getOccurrenceDetails(next);
    spans.push(spanOf(item, { startDate, endDate }, zone));
  }
  return spans;
}

type Times = Pick<ICAL.Event, 'startDate' | 'endDate'>;

/** One that was called off is none. */
function spanOf(event: ICAL.Event, { startDate, endDate }: Times, zone: string): Span | undefined {
  if (event.component.getFirstPropertyValue('status') === 'CANCELLED') return undefined;
  return { from: instantAt(startDate, zone), to: instantAt(endDate, zone), title: event.summary || 'without a title' };
}

/** A zone that the file describes itself goes by that; else the clock on the wall is read in `zone`. */
function instantAt(time: ICAL.Time, zone: string): Instant {
  if (time.zone && time.zone.tzid !== 'floating') return time.toUnixTime() * 1000;
  const { year, month, day, hour, minute, second } = time;
  return instantOf(wallOf(year, month, day, hour, minute), zone) + second * 1000;
}
