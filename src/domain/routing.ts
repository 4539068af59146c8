/** Which service and severity an alert has, and whether it deserves a channel: `tocsin.yml`'s routes, then labels. */
import type { Alert, AlertGroup, Labels } from './alert.ts';
import type { Facts } from './facts.ts';
import { type ChannelPolicy, type Policy, type Severity, severities } from './policy.ts';

export interface Destination {
  readonly service: string;
  readonly severity: Severity;
  readonly channel: ChannelPolicy;
}

/** The first route whose matchers all match decides; what it leaves open, the labels say. */
export function destinationOf(labels: Labels, { policy, pure }: Pick<Facts, 'policy' | 'pure'>): Destination {
  const route = policy.routes.find(({ match }) => pure.matches(match, labels));
  return {
    service: route?.service ?? labels[policy.serviceLabel] ?? '',
    severity: route?.severity ?? severityOf(labels, policy),
    channel: route?.channel ?? 'first_alert',
  };
}

/** A label is anybody's text: `constructor` names no severity. */
function severityOf({ severity = '' }: Labels, { severities: named, defaultSeverity }: Policy): Severity {
  return (Object.hasOwn(named, severity) ? named[severity] : undefined) ?? defaultSeverity;
}

/** The worst one. */
export const worst = (some: readonly Severity[]): Severity | undefined =>
  severities.find((severity) => some.includes(severity));

/** What people call it: the summary that the rule's author wrote, else the alert's name and what it was grouped by. */
export function titleOf(group: AlertGroup, alert: Alert): string {
  const written = alert.annotations.summary?.trim() || alert.annotations.title?.trim();
  if (written) return written;
  const name = alert.labels.alertname || 'Alert';
  const rest = Object.entries(group.groupLabels).filter(([key, value]) => key !== 'alertname' && value);
  return rest.length ? `${name} (${rest.map(([, value]) => value).join(', ')})` : name;
}
