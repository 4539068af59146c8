/** Alert groups on their way to their incident: routed, combined with what waits beside them, decided and committed. */
import type { Alert, AlertGroup, AlertRecord } from '../domain/alert.ts';
import { firingOver, routeKey, routeTaken, serviceKey } from '../domain/claim.ts';
import { decideIncident } from '../domain/decide-incident.ts';
import type { Decision, Facts } from '../domain/facts.ts';
import { type EventId, type IncidentId, incidentId } from '../domain/ids.ts';
import type { Incident, IncidentEvent } from '../domain/incident.ts';
import { destinationOf } from '../domain/routing.ts';
import { decideAndCommit, type Received } from './commit.ts';
import { alertFacts, factsAround, serviceHolder } from './gather.ts';
import { lanes } from './lane.ts';
import type { Cause } from './ports.ts';
import { isOpenIncident } from './receive.ts';
import type { World } from './world.ts';

/** One group, and what is consumed when it is in. */
export interface Arrival {
  readonly event: EventId;
  readonly group: AlertGroup;
  /** A part of a webhook that is not the last one consumes nothing. */
  readonly cause?: Cause;
}

/** In one decision: so many webhooks, and so many alerts in all. */
const mostAtOnce = 64;
const mostAlerts = 1_000;
const mostAstray = 1_000;

/** Groups of one service go through one lane, so that they find each other's incident. */
export function createAlerts(world: World): (arrival: Arrival) => Promise<Received> {
  const lane = lanes<Arrival, Received>((arrivals) => together(world, arrivals), howMany);
  return async (arrival) => {
    const service = serviceOf(world, arrival.group);
    const key = service ? `service/${service}` : routeKey(arrival.group.source, arrival.group.groupKey);
    const received: Received[] = [];
    // One after the other: the last one consumes the webhook, so all before must be in.
    for (const part of partsOf(arrival)) received.push(await lane(key, part));
    return received.find(({ reason }) => reason !== 'nothing_new') ?? received[0] ?? { reason: 'nothing_new' };
  };
}

/**
 * Ten thousand alerts decided at once would hold up everything else. In parts they are as a webhook that came split: in
 * any order and any number of times it comes to the same. Firing goes first, so that nothing seems over in between.
 */
function partsOf(arrival: Arrival): readonly Arrival[] {
  const { alerts } = arrival.group;
  if (alerts.length <= mostAlerts) return [arrival];
  const isFiring = ({ status }: Alert): boolean => status === 'firing';
  const sorted = [...alerts.filter(isFiring), ...alerts.filter((alert) => !isFiring(alert))];
  const count = Math.ceil(sorted.length / mostAlerts);
  return Array.from({ length: count }, (_, at) => {
    const group = { ...arrival.group, alerts: sorted.slice(at * mostAlerts, (at + 1) * mostAlerts) };
    return at === count - 1 ? { ...arrival, group } : { event: `${arrival.event}.${at}` as EventId, group };
  });
}

function howMany(waiting: readonly Arrival[]): number {
  let alerts = 0;
  const full = waiting.findIndex(({ group }) => {
    alerts += group.alerts.length;
    return alerts > mostAlerts;
  });
  return Math.min(mostAtOnce, Math.max(1, full < 0 ? waiting.length : full));
}

/** Whose incidents it joins. What gets no channel joins nobody's: a watchdog that always fires would hold them open. */
function serviceOf(world: World, { alerts, groupLabels }: AlertGroup): string {
  const { service, channel } = destinationOf(alerts[0]?.labels ?? groupLabels, world);
  return channel === 'never' ? '' : service;
}

/** Those bound for the same incident are one decision and one write. */
async function together(world: World, arrivals: readonly Arrival[]): Promise<readonly Received[]> {
  const results = new Map<Arrival, Received>();
  let astray = 0;
  for (let left = arrivals; left.length; left = left.filter((arrival) => !results.has(arrival))) {
    for (const [arrival, received] of await nextOf(world, left)) {
      if (!isReturned(received)) results.set(arrival, received);
      else astray += 1;
    }
    // What stays in the inbox is swept; going round here for ever would only hold up the lane.
    if (astray > mostAstray) throw new Error('alerts found no incident: their route leads nowhere for too long');
  }
  return arrivals.map((arrival) => results.get(arrival) ?? { reason: 'nothing_new' });
}

/** The first, and all that go its way. */
async function nextOf(world: World, left: readonly Arrival[]): Promise<readonly (readonly [Arrival, Received])[]> {
  const [first] = left;
  if (!first) return [];
  const target = await routed(world, first.group);
  const arrivals = await bound(world, left, target);
  const received = await folded(world, { target, arrivals });
  const isPartlyIn = received.reason === 'repeated' && arrivals.length > 1;
  if (!isPartlyIn) return arrivals.map((arrival) => [arrival, received]);
  const alone: [Arrival, Received][] = [];
  for (const arrival of arrivals) alone.push([arrival, await folded(world, { target, arrivals: [arrival] })]);
  return alone;
}

/** Another process took the route meanwhile, or the incident was closed and gave it back: look where it leads now. */
const isReturned = ({ blocked, reason }: Received): boolean => blocked !== undefined || reason === 'incident_closed';

interface Target {
  readonly id: IncidentId;
  /** There is an incident. */
  readonly exists: boolean;
  /** New groups of the service go there, too. */
  readonly isJoinable: boolean;
  readonly service: string;
}

/** No incident, and none to be opened. */
const nowhere = incidentId(0);

async function routed(world: World, group: AlertGroup): Promise<Target> {
  const service = serviceOf(world, group);
  const [route, holder] = await world.store.claims([routeKey(group.source, group.groupKey), serviceKey(service)]);
  const isOpen = service !== '' && holder != null && (await isJoinable(world, holder as IncidentId));
  if (route) return { id: route as IncidentId, exists: true, isJoinable: isOpen && holder === route, service };
  if (!group.alerts.some(({ status }) => status === 'firing'))
    return { id: nowhere, exists: false, isJoinable: false, service };
  if (isOpen) return { id: holder as IncidentId, exists: true, isJoinable: true, service };
  const id = incidentId(await world.store.nextNumber('incident'));
  return { id, exists: false, isJoinable: service !== '', service };
}

async function isJoinable(world: World, id: IncidentId): Promise<boolean> {
  const { state, now } = await world.store.load(id);
  const incident = state as Incident | undefined;
  return incident !== undefined && isOpenIncident(incident) && now - incident.lastFiredAt < world.policy.joinWindowMs;
}

/** Which of the arrivals go the same way: the first, those routed there, and new groups of the same service. */
async function bound(world: World, arrivals: readonly Arrival[], target: Target): Promise<readonly Arrival[]> {
  if (arrivals.length === 1) return arrivals;
  const routes = await world.store.claims(arrivals.map(({ group }) => routeKey(group.source, group.groupKey)));
  return arrivals.filter((arrival, at) => {
    if (at === 0 || routes[at] === target.id) return true;
    const joins = routes[at] == null && target.isJoinable && serviceOf(world, arrival.group) === target.service;
    return joins && arrival.group.alerts.some(({ status }) => status === 'firing');
  });
}

async function folded(
  world: World,
  { target, arrivals }: { target: Target; arrivals: readonly Arrival[] },
): Promise<Received> {
  return await decideAndCommit<Incident>(world, {
    id: target.id,
    kind: 'incident',
    causes: arrivals.flatMap(({ cause }) => (cause ? [cause] : [])),
    isOpen: isOpenIncident,
    isReturned: (reason) => reason === 'incident_closed',
    decide: async ({ state, now }) => {
      const groups = arrivals.map(({ group }) => group);
      const [known, serviceHeldBy] = await Promise.all([
        alertFacts(world, groups, state ? target.id : undefined),
        serviceHolder(world, target.service),
      ]);
      const facts = await factsAround(world, { now, number: numberOf(target.id), serviceHeldBy, ...known });
      return fold(state as Incident | undefined, arrivals, facts);
    },
  });
}

const numberOf = (id: IncidentId): number => Number(id.slice('inc-'.length));

/** Decides one after the other, each on what the one before made true. */
export function fold(
  incident: Incident | undefined,
  arrivals: readonly Pick<Arrival, 'event' | 'group'>[],
  facts: Facts,
): Decision<Incident> {
  const records = new Map<string, AlertRecord>(facts.alerts);
  const changed = new Map<string, AlertRecord>();
  const over = new Set<string>(facts.over);
  const routes = new Set<string>(facts.routes);
  let sum: Decision<Incident> = { state: incident, effects: [], claims: [], history: [], reason: 'nothing_new' };
  for (const { event, group } of arrivals) {
    const arrived: IncidentEvent = { id: event, kind: 'alerts_arrived', group };
    const next = decideIncident(sum.state, arrived, { ...facts, alerts: records, over, routes });
    for (const record of next.records ?? []) {
      records.set(record.fingerprint, record);
      changed.set(record.fingerprint, record);
    }
    for (const firing of next.claims.map(firingOver)) if (firing !== undefined) over.add(firing);
    for (const route of next.claims.map(routeTaken)) if (route !== undefined) routes.add(route);
    sum = merged(sum, next);
  }
  return { ...sum, records: [...changed.values()] };
}

function merged(sum: Decision<Incident>, next: Decision<Incident>): Decision<Incident> {
  const effects = new Map([...sum.effects, ...next.effects].map((effect) => [effect.id, effect]));
  const isQuieter = next.reason === 'nothing_new' && sum.reason !== 'nothing_new';
  return {
    state: next.state,
    effects: [...effects.values()],
    claims: [...sum.claims, ...next.claims],
    history: [...sum.history, ...next.history],
    reason: isQuieter ? sum.reason : next.reason,
  };
}
