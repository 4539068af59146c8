/** Bolt's receiver for HTTP mode: one signed request in, one answer out; the server itself is not ours. */
import type { App, Receiver } from '@slack/bolt';
import type { PostAnswer, Telemetry, WebhookRequest } from '../engine/ports.ts';
import { type Payload, payloadOf } from './payload.ts';
import { proofOf } from './signature.ts';

export interface HttpReceiver extends Receiver {
  handle(request: WebhookRequest): Promise<PostAnswer>;
}

export interface HttpReceiverOptions {
  readonly signingSecret: string;
  readonly telemetry: Telemetry;
  readonly now: () => number;
  /** Whether listeners may be called: not before Slack has said who we are. */
  readonly isReady: () => boolean;
}

export function createHttpReceiver(options: HttpReceiverOptions): HttpReceiver {
  const { signingSecret, telemetry, now, isReady } = options;
  let app: App | undefined;
  return {
    init: (initialized) => {
      app = initialized;
    },
    start: async () => undefined,
    stop: async () => undefined,
    handle: async (request) => {
      const proof = proofOf(request, signingSecret, now());
      telemetry.metrics.count('slack_requests_total', { outcome: proof });
      if (proof !== 'accepted') {
        telemetry.log.warn('a request that is not Slack’s was refused', { why: proof });
        return said(401, 'This request is not signed by Slack, or its time is not now.');
      }
      const read = payloadOf(request);
      if ('problem' in read) return said(400, read.problem);
      const { payload } = read;
      if (payload.ssl_check !== undefined) return said(200, '');
      if (payload.type === 'url_verification') return json(200, { challenge: payload.challenge });
      if (!app || !isReady()) return said(503, 'Tocsin is not ready yet.');
      return await answerOf(app, { payload, request, telemetry });
    },
  };
}

interface Given {
  readonly payload: Payload;
  readonly request: WebhookRequest;
  readonly telemetry: Telemetry;
}

/** What the listener acknowledges with. A repeat of Slack's carries the same trigger, and is the same event in the store. */
function answerOf(app: App, { payload, request, telemetry }: Given): Promise<PostAnswer> {
  return new Promise((resolve) => {
    const ack = async (reply?: unknown): Promise<void> => resolve(acknowledged(reply));
    const retryNum = Number(request.headers['x-slack-retry-num'] ?? 0);
    const reason = request.headers['x-slack-retry-reason'];
    app
      .processEvent({ body: payload, ack, ...(retryNum && { retryNum }), ...(reason && { retryReason: reason }) })
      .then(
        () => resolve(said(404, 'Nobody listens to this.')),
        (error: unknown) => {
          telemetry.log.error('a request of Slack could not be handled', { error });
          resolve(said(500, 'Something went wrong here. The log says what.'));
        },
      );
  });
}

/** Bolt: nothing, a text, or an object. */
function acknowledged(reply: unknown): PostAnswer {
  if (reply === undefined || reply === null || reply === '') return said(200, '');
  return typeof reply === 'string' ? said(200, reply) : json(200, reply);
}

const said = (status: number, body: string): PostAnswer => ({
  status,
  body,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
});

const json = (status: number, value: unknown): PostAnswer => ({
  status,
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json' },
});
