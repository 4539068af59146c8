/** An incident's card as it is now: the incident, its foremost alerts, and whether what it offers would begin. */
import type { Automation } from '../domain/automation.ts';
import { automation } from '../domain/ids.ts';
import type { Incident } from '../domain/incident.ts';
import type { Message } from '../domain/message.ts';
import { incidentCard, offered } from './announce/card.ts';
import type { World } from './world.ts';

const alertsShown = 10;

export async function cardOf({ store }: World, incident: Incident): Promise<Message> {
  const alerts = await store.topAlerts(incident.id, alertsShown);
  if (!offered(incident).length) return incidentCard(incident, alerts);
  return incidentCard(incident, alerts, (await store.load(automation)).state as Automation | undefined);
}
