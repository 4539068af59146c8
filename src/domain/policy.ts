/** What the installation decided once for all: the service catalogue, routes, severities and times of `tocsin.yml`. */
import type { Guardrails, Permissions } from './guardrails.ts';
import type { UserRef } from './ids.ts';

export const severities = ['sev1', 'sev2', 'sev3', 'sev4'] as const;
export type Severity = (typeof severities)[number];

export const isSeverity = (word: string): word is Severity => (severities as readonly string[]).includes(word);

export interface Service {
  readonly name: string;
  /** The service's own channel (id or name): gets a summary of each incident. */
  readonly channel?: string;
  /** Invited to each incident channel. */
  readonly invite: readonly UserRef[];
  readonly inviteGroups: readonly string[];
  /** Links to logs, traces, dashboards: `{{label}}`, `{{from}}`, `{{to}}` are filled in, escaped. */
  readonly links: readonly UrlTemplate[];
}

export interface UrlTemplate {
  readonly title: string;
  readonly url: string;
}

export interface Route {
  /** Alertmanager matchers, all of which must match. */
  readonly match: readonly string[];
  readonly service?: string;
  readonly severity?: Severity;
  /** `first_alert`: a channel for each incident; `never`: only the summary in the service's channel. */
  readonly channel?: ChannelPolicy;
}

export type ChannelPolicy = 'first_alert' | 'never';

export interface Policy {
  readonly services: readonly Service[];
  readonly routes: readonly Route[];
  /** The label that names the service where no route does. */
  readonly serviceLabel: string;
  /** From the `severity` label's values. */
  readonly severities: Readonly<Record<string, Severity>>;
  readonly defaultSeverity: Severity;
  readonly channelPrefix: string;
  /** Gets the summary of incidents whose service has no channel. */
  readonly defaultChannel?: string;
  /** From all alerts resolved to the incident resolved. */
  readonly graceMs: number;
  /** A new group of the same service joins an open incident this long after its last firing alert. */
  readonly joinWindowMs: number;
  /** From resolved to closed. */
  readonly closeAfterMs: number;
  /** See `NewsTimes.lateMs`. */
  readonly lateMs: number;
  readonly guardrails: Guardrails;
  readonly permissions: Permissions;
  /** Names of the roles that there are. */
  readonly roles: readonly string[];
}

/** Where an incident of this service is summed up, if anywhere. */
export const homeOf = ({ services, defaultChannel }: Policy, service: string): string | undefined =>
  services.find(({ name }) => name === service)?.channel ?? defaultChannel;
