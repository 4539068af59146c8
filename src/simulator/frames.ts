/** The frames of Socket Mode, as Slack sends them. */
import type { App } from './manifest.ts';
import { isJson, type Json } from './refusal.ts';

export type EnvelopeType = 'events_api' | 'slash_commands' | 'interactive';

export interface Envelope {
  id: string;
  type: EnvelopeType;
  payload: Json;
  attempt: number;
}

export const hello = (connections: number, app: App): Json => ({
  type: 'hello',
  num_connections: connections,
  debug_info: {
    host: 'simulator',
    started: '2026-01-01 00:00:00.000',
    build_number: 1,
    approximate_connection_time: 18_060,
  },
  connection_info: { app_id: app.id },
});

export const disconnect = (reason: string): Json => ({ type: 'disconnect', reason, debug_info: { host: 'simulator' } });

export const envelope = ({ id, type, payload, attempt }: Envelope): Json => ({
  envelope_id: id,
  type,
  payload,
  accepts_response_payload: type !== 'events_api',
  ...(type === 'events_api' ? { retry_attempt: attempt, retry_reason: attempt ? 'timeout' : '' } : {}),
});

export function parseFrame(frame: string): Json {
  try {
    const value: unknown = JSON.parse(frame);
    return isJson(value) ? value : {};
  } catch {
    return {};
  }
}
