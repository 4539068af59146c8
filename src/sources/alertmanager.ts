/** Prometheus Alertmanager: webhook receiver, version 4. Source: Alertmanager docs, "webhook_config". */
import { createHash } from 'node:crypto';
import type { Alert, AlertGroup } from '../domain/alert.ts';
import { BadWebhook } from '../domain/failures.ts';
import type { Fingerprint } from '../domain/ids.ts';
import type { AlertSource } from '../engine/ports.ts';
import { asInstant, asLabels, asList, asMap, asText, type JsonMap, optionalText, parseJson } from './fields.ts';
import { provesByHeader } from './secrets.ts';

// A body of 32 MB holds about 34,000 alerts as Alertmanager writes them; more than this is no Alertmanager.
const maxAlerts = 50_000;

/** `id` is the name under `sources` in tocsin.yml: two clusters with the same group keys are two sources. */
export const alertmanager = (id: string): AlertSource => ({
  id,
  // Alertmanager does not sign what it sends: a bearer token or basic authentication is all there is.
  verify: provesByHeader,
  parse: (body) => inOneGo(inPieces(id, body)),
  parseInPieces: (body) => inPieces(id, body),
});

const atOnce = 500;

function* inPieces(id: string, body: Buffer): Generator<void, readonly AlertGroup[], void> {
  const json = asMap(parseJson(body), '');
  yield;
  const group = toGroup(id, json);
  const values = asList(json.alerts, 'alerts').slice(0, maxAlerts);
  const alerts: Alert[] = [];
  for (const [index, value] of values.entries()) {
    alerts.push(toAlert(value, index));
    if (index % atOnce === atOnce - 1) yield;
  }
  return [{ ...group, alerts }];
}

function inOneGo<Result>(pieces: Generator<void, Result, void>): Result {
  let piece = pieces.next();
  while (!piece.done) piece = pieces.next();
  return piece.value;
}

/** New fields come with new versions (`notification_reason`): what is not known is left alone. */
function toGroup(source: string, body: JsonMap): Omit<AlertGroup, 'alerts'> {
  if (body.version !== '4') throw new BadWebhook('version', 'should be "4": is this the webhook of an Alertmanager?');
  const unread = Math.max(0, asList(body.alerts, 'alerts').length - maxAlerts);
  return {
    source,
    groupKey: toGroupKey(body.groupKey),
    groupLabels: asLabels(body.groupLabels ?? {}, 'groupLabels'),
    truncatedAlerts: toCount(body.truncatedAlerts, 'truncatedAlerts') + unread,
    externalURL: optionalText(body.externalURL, 'externalURL'),
  };
}

function toAlert(value: unknown, index: number): Alert {
  const path = `alerts[${index}]`;
  const alert = asMap(value, path);
  const status = toStatus(alert.status, path);
  return {
    fingerprint: toFingerprint(alert.fingerprint, path),
    status,
    labels: asLabels(alert.labels, `${path}.labels`),
    annotations: asLabels(alert.annotations ?? {}, `${path}.annotations`),
    startsAt: asInstant(alert.startsAt, `${path}.startsAt`),
    // Of a firing alert it is when Alertmanager would give up waiting for news, if anything.
    endsAt: status === 'firing' ? 0 : asInstant(alert.endsAt, `${path}.endsAt`),
    generatorURL: optionalText(alert.generatorURL, `${path}.generatorURL`),
  };
}

function toStatus(value: unknown, path: string): Alert['status'] {
  if (value === 'firing' || value === 'resolved') return value;
  throw new BadWebhook(`${path}.status`, 'should be "firing" or "resolved"');
}

/** It names the alert for ever after, so nothing is made up where it is missing. */
function toFingerprint(value: unknown, path: string): Fingerprint {
  if (typeof value === 'string' && /^[\w.:-]{1,128}$/.test(value)) return value as Fingerprint;
  throw new BadWebhook(`${path}.fingerprint`, 'should be the fingerprint of the alert: up to 128 letters and digits');
}

/** Cut it, and two groups could be one: a very long key is told apart by its hash. */
function toGroupKey(value: unknown): string {
  const short = asText(value, 'groupKey');
  if (short === '') throw new BadWebhook('groupKey', 'should not be empty');
  if (short === value) return short;
  return `${short.slice(0, 1_000)}…${createHash('sha256').update(String(value)).digest('hex')}`;
}

function toCount(value: unknown, path: string): number {
  if (value === undefined || value === null) return 0;
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value);
  throw new BadWebhook(path, 'should be a whole number, 0 or more');
}
