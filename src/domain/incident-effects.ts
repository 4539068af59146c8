/** Effects of an incident, with ids that are the same whenever the same thing is asked for. */
import type { Effect, EffectBody, Notice, Urgency } from './effect.ts';
import type { EffectId, EventId, IncidentId, Instant } from './ids.ts';
import type { Incident } from './incident.ts';
import type { Severity } from './policy.ts';

const urgencyOf: Readonly<Record<Severity, Urgency>> = { sev1: 2, sev2: 3, sev3: 5, sev4: 6 };

type Subject = Pick<Incident, 'id' | 'severity'>;

interface About {
  readonly id: string;
  readonly urgency: Urgency;
  /** Tells two of a kind apart. */
  readonly more?: string;
  readonly dueAt?: Instant;
  readonly pool?: string;
}

export function effect(body: EffectBody, { id, more, urgency, ...rest }: About): Effect {
  return { id: [body.kind, id, more].filter(Boolean).join('.') as EffectId, urgency, ...rest, ...body };
}

const of = (
  incident: Subject,
  body: EffectBody,
  more?: { more?: string; dueAt?: Instant; urgency?: Urgency },
): Effect => effect(body, { id: incident.id, urgency: urgencyOf[incident.severity], ...more });

export const openChannel = (incident: Subject): Effect => of(incident, { kind: 'open_channel', incident: incident.id });
/** After a refusal, for somebody may put right what stood in the way. */
export const openChannelLater = (incident: Subject, event: EventId, dueAt: Instant): Effect =>
  of(incident, { kind: 'open_channel', incident: incident.id }, { more: event, dueAt });

export const invite = (incident: Subject): Effect => of(incident, { kind: 'invite', incident: incident.id });
export const postCard = (incident: Subject): Effect => of(incident, { kind: 'post_card', incident: incident.id });
export const pinCard = (incident: Subject): Effect =>
  of(incident, { kind: 'pin_card', incident: incident.id }, { urgency: 7 });
export const postSummary = (incident: Subject): Effect => of(incident, { kind: 'post_summary', incident: incident.id });
export const collectEvidence = (incident: Subject): Effect =>
  of(incident, { kind: 'collect_evidence', incident: incident.id });

export const uploadPicture = (
  incident: Subject,
  picture: { readonly blob: string; readonly title: string; readonly alt: string },
): Effect =>
  of(
    incident,
    { kind: 'upload_picture', incident: incident.id, blob: picture.blob, title: picture.title, alt: picture.alt },
    { more: picture.blob },
  );

export const notify = (incident: Subject, notice: Notice, event: EventId): Effect =>
  of(incident, { kind: 'notify', incident: incident.id, notice }, { more: event });

export const endGrace = (incident: Subject, quietSince: Instant, dueAt: Instant): Effect =>
  of(incident, { kind: 'end_grace', incident: incident.id, quietSince }, { more: String(quietSince), dueAt });

export const closeLater = (incident: Subject, resolvedAt: Instant, dueAt: Instant): Effect =>
  of(incident, { kind: 'close_incident', incident: incident.id, resolvedAt }, { more: String(resolvedAt), dueAt });

export const retryTrigger = (
  incident: Subject,
  trigger: { playbook: EffectPlaybook; fingerprint: string; since: Instant; dueAt: Instant },
): Effect =>
  of(
    incident,
    { kind: 'retry_trigger', incident: incident.id, playbook: trigger.playbook, fingerprint: trigger.fingerprint },
    {
      more: `${trigger.playbook.slice(0, 12)}.${trigger.fingerprint}.${trigger.since}`,
      dueAt: trigger.dueAt,
    },
  );

type EffectPlaybook = Extract<EffectBody, { kind: 'retry_trigger' }>['playbook'];

/** The card, the topic and the summary, as far as they exist. */
export function refreshAll(
  incident: Pick<Incident, 'id' | 'severity' | 'card' | 'channel' | 'summary'>,
): readonly Effect[] {
  const id: IncidentId = incident.id;
  return [
    ...(incident.card ? [of(incident, { kind: 'refresh_card', incident: id })] : []),
    ...(incident.channel ? [of(incident, { kind: 'set_topic', incident: id }, { urgency: 8 })] : []),
    ...(incident.summary ? [of(incident, { kind: 'refresh_summary', incident: id }, { urgency: 7 })] : []),
  ];
}
