/** What the HTTP server is given to work with. */
import type { AlertGroup } from '../domain/alert.ts';
import type { AlertSource, PostAnswer, SourceSecret, Telemetry, WebhookRequest } from '../engine/ports.ts';
import type { Checks } from './health.ts';

export interface HttpOptions {
  /** By name: `/webhooks/<name>`. */
  readonly sources: Readonly<Record<string, MountedSource>>;
  readonly deliver: Deliver;
  /** Others who take requests, by path: `/slack/events`. They look after authentication themselves. */
  readonly posts?: Readonly<Record<string, Post>>;
  readonly checks: Checks;
  readonly exposition: () => Promise<string>;
  readonly telemetry: Telemetry;
  readonly limits?: Partial<Limits>;
}

export type Post = (request: WebhookRequest) => Promise<PostAnswer>;

export interface Limits {
  readonly bodyBytes: number;
  /** For the whole request to arrive. */
  readonly requestMs: number;
  /** From the whole body to the answer. */
  readonly deliverMs: number;
  /** For one readiness check. */
  readonly checkMs: number;
}

export type Door = Omit<HttpOptions, 'limits'> & { readonly limits: Limits };

export interface MountedSource {
  readonly source: AlertSource;
  readonly secret: SourceSecret;
}

/** Resolves when the webhook is stored durably: only then is it acknowledged. */
export type Deliver = (webhook: Webhook) => Promise<void>;

export interface Webhook {
  readonly source: string;
  readonly body: Buffer;
  readonly groups: readonly AlertGroup[];
}
