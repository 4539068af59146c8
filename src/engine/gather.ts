/** Gathers the facts that an event needs, and no more: the cost of an event does not grow with its incident. */
import { type Alert, type AlertGroup, type AlertRecord, firingKey } from '../domain/alert.ts';
import { overKey, routeKey, serviceKey } from '../domain/claim.ts';
import type { Facts } from '../domain/facts.ts';
import type { IncidentId, PlaybookHash } from '../domain/ids.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { World } from './world.ts';

type Known = Partial<Pick<Facts, 'now' | 'alerts' | 'over' | 'routes' | 'number' | 'serviceHeldBy' | 'held'>> & {
  readonly playbooksByHash?: ReadonlyMap<string, Playbook>;
};

/** Facts around what is already known. */
export async function factsAround(world: World, known: Known = {}): Promise<Facts> {
  const { playbooksByHash, ...rest } = known;
  const current = world.playbooks.current();
  return {
    now: rest.now ?? (await world.store.now()),
    policy: world.policy,
    alerts: new Map<string, AlertRecord>(),
    over: new Set<string>(),
    routes: new Set<string>(),
    number: 0,
    serviceHeldBy: null,
    playbooks: current,
    playbook: (hash) => playbooksByHash?.get(hash) ?? current.find((playbook) => playbook.hash === hash),
    commit: (hash) => world.playbooks.commit(hash),
    isOff: (id) => world.playbooks.isOff?.(id) ?? false,
    action: (id) => world.actions.get(id),
    held: () => null,
    pure: world.pure,
    ...rest,
  };
}

export async function serviceHolder(world: World, service: string): Promise<string | null> {
  if (!service) return null;
  const [holder] = await world.store.claims([serviceKey(service)]);
  return holder ?? null;
}

/** A version that any process ever published: content-addressed, so what was read once stays true. */
export function playbookReader(world: World): (hash: PlaybookHash) => Promise<ReadonlyMap<string, Playbook>> {
  const read = new Map<string, Playbook>();
  return async (hash) => {
    const found =
      read.get(hash) ??
      world.playbooks.current().find((playbook) => playbook.hash === hash) ??
      (await world.store.library.get(hash));
    if (found) read.set(hash, found);
    return read;
  };
}

/** Of the incident, if there is one: records of the groups' alerts, and which routes lead there; and which other firings are over. */
export async function alertFacts(
  world: World,
  groups: readonly AlertGroup[],
  incident: IncidentId | undefined,
): Promise<Pick<Facts, 'alerts' | 'over' | 'routes'>> {
  const fingerprints = [...new Set(groups.flatMap(({ alerts }) => alerts.map(({ fingerprint }) => fingerprint)))];
  const alerts = incident ? await world.store.alerts(incident, fingerprints) : new Map<string, AlertRecord>();
  const isNew = ({ status, fingerprint, startsAt }: Alert): boolean =>
    status === 'firing' && startsAt > (alerts.get(fingerprint)?.startsAt ?? Number.NEGATIVE_INFINITY);
  const firings = groups.flatMap((group) => group.alerts.filter(isNew).map((alert) => firingKey(group.source, alert)));
  const routes = incident ? groups.map(({ source, groupKey }) => routeKey(source, groupKey)) : [];
  const held = await world.store.claims([...firings.map(overKey), ...routes]);
  return {
    alerts,
    over: new Set(firings.filter((_, at) => held[at] != null)),
    routes: new Set(routes.filter((_, at) => held[firings.length + at] === incident)),
  };
}
