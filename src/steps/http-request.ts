/** `http.request`: one request to a host that the configuration allows. */
import { z } from 'zod';
import { classOfStatus } from '../clients/http.ts';
import { startOf } from '../clients/tail.ts';
import { type WebAnswer, type WebClient, WebFailure, type WebRequest } from '../clients/web.ts';
import { durationMs } from '../domain/duration.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { StepOutcome } from '../domain/run.ts';
import type { StepAction, StepContext } from '../engine/ports.ts';
import {
  DurationText,
  defineAction,
  failedAfter,
  failedBefore,
  holdsExpression,
  type Issue,
  unknown,
} from './define.ts';
import { SecretReference, secretValues } from './secret-fields.ts';
import { fillUrl } from './url-template.ts';

const jsonKept = 64_000;
const excerptKept = 300;

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
const HeaderName = z.string().regex(headerName, 'This is no name of a header.');
// A line end in it would begin another header.
const HeaderValue = z
  .string()
  .max(4_000)
  .regex(/^[\t\u0020-\u007e]*$/, 'A header holds printable ASCII in one line.');

const Params = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET').describe('GET and HEAD only read'),
  url: z
    .string()
    .min(1)
    .max(2_000)
    .describe(
      'The address; `{name}` in its path or query stands for a value of `vars`. Its host must be in `steps.http.allow`',
    ),
  vars: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/), z.union([z.string().max(1_000), z.number(), z.boolean()]))
    .default({})
    .describe('Values for the address, escaped'),
  headers: z.record(HeaderName, HeaderValue).default({}).describe('Headers, by name'),
  secret_headers: z.record(HeaderName, SecretReference).default({}).describe('Headers whose values are secrets'),
  bearer: SecretReference.optional().describe('A secret, sent as `Authorization: Bearer …`'),
  json: z.json().optional().describe('The body, sent as JSON'),
  body: z.string().max(100_000).optional().describe('The body as text; name its `content-type` under `headers`'),
  expect_status: z
    .array(z.int().min(100).max(599))
    .min(1)
    .optional()
    .describe('What counts as success; 200 to 299 unless told'),
  timeout: DurationText.default('30s').describe('For the whole answer'),
});
type Params = z.infer<typeof Params>;

export const httpRequest = (web: WebClient): StepAction =>
  defineAction({
    id: 'http.request',
    version: 1,
    summary:
      'Sends one HTTP request. What it does is unknown to Tocsin, so one that may change something is never sent again by itself.',
    effects: ['once', 'idempotent', 'read'],
    effectsOf: ({ method = 'GET' }) => (isRead(method) ? ['read'] : ['once', 'idempotent']),
    params: Params,
    outputs: ['status', 'json', 'body', 'truncated'],
    codeFields: ['method', 'url'],
    secretFields: ['bearer', 'secret_headers'],
    describe: (params) => `${params.method} ${shownUrl(params)}`,
    lockOf: (params) =>
      isRead(params.method) ? undefined : `http/${shownUrl(params).replace(/^https?:\/\/|\?.*$/gs, '')}`,
    targetOf: ({ url, method }) => ({ http_host: hostOf(url), method }),
    alsoCheck: (args) => [...urlIssues(args, web), ...bodyIssues(args), ...headerIssues(args)],
    execute: async (params, context) => {
      const built = await requestOf(params, context);
      if ('problem' in built) return failedBefore(built.problem, 'refused');
      const where = `${params.method} ${built.url.host}${built.url.pathname}`;
      try {
        return outcomeOf(await web.send(built), { params, where });
      } catch (error) {
        if (error instanceof WebFailure) return failureOf(error, params);
        throw error;
      }
    },
  });

const isRead = (method: Json): boolean => method === 'GET' || method === 'HEAD';

const shownUrl = ({ url, vars }: Params): string => {
  const filled = fillUrl(url, vars);
  return filled.ok ? filled.url.href : url;
};

const hostOf = (url: string): string => /^https?:\/\/([^/?#]+)/i.exec(url)?.[1]?.toLowerCase() ?? '';

async function requestOf(params: Params, context: StepContext): Promise<WebRequest | { readonly problem: string }> {
  const filled = fillUrl(params.url, params.vars);
  if (!filled.ok) return { problem: filled.problem };
  const secrets = await secretValues({ ...params.secret_headers, authorization: params.bearer }, context);
  if (!secrets.ok) return { problem: secrets.problem };
  const { authorization, ...secretHeaders } = secrets.values;
  const badSecret = Object.entries(secrets.values).find(([, value]) => !HeaderValue.safeParse(value).success)?.[0];
  if (badSecret !== undefined)
    return { problem: `The secret for \`${badSecret}\` is no header: it holds a line end or more than ASCII.` };
  const body = params.json === undefined ? params.body : JSON.stringify(params.json);
  const headers = {
    accept: 'application/json, */*;q=0.5',
    'user-agent': 'tocsin',
    ...(params.json === undefined ? {} : { 'content-type': 'application/json' }),
    // A server that knows it answers a second one as the first.
    ...(isRead(params.method) ? {} : { 'idempotency-key': context.attempt }),
    ...inSmall(params.headers),
    ...inSmall(secretHeaders),
    ...(authorization === undefined ? {} : { authorization: `Bearer ${authorization}` }),
  };
  const timeoutMs = Math.min(durationMs(params.timeout) ?? 30_000, context.timeoutMs ?? Number.POSITIVE_INFINITY);
  const { url } = filled;
  return {
    method: params.method,
    url,
    headers,
    ...(body === undefined ? {} : { body }),
    timeoutMs,
    signal: context.signal,
  };
}

const inSmall = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function outcomeOf(
  answer: WebAnswer,
  { params, where }: { readonly params: Params; readonly where: string },
): StepOutcome {
  const { status, body, truncated } = answer;
  const { method, expect_status: expected } = params;
  if (expected ? expected.includes(status) : status >= 200 && status <= 299) {
    const outputs = { status, json: jsonOf(answer), body, truncated };
    return { kind: 'succeeded', outputs, note: `answered ${status}` };
  }
  const hint = status >= 300 && status <= 399 ? ' Redirects are not followed: name the last address.' : '';
  const message = `${where} answered ${status}.${hint} ${startOf(body.trim(), excerptKept)}`.trim();
  return (isRead(method) ? failedBefore : failedAfter)(message, classOfStatus(status));
}

/** A larger one belongs into no run's state. */
function jsonOf({ body, truncated }: WebAnswer): Json {
  if (truncated || body.length > jsonKept) return null;
  try {
    return JSON.parse(body) as Json;
  } catch {
    return null;
  }
}

/** A request that only reads has changed nothing, however it failed. */
const failureOf = ({ message, when, failure }: WebFailure, { method }: Params): StepOutcome =>
  when === 'before_dispatch' || isRead(method)
    ? failedBefore(message, failure)
    : unknown(`${message}. The other side may have done it, or not.`);

/** Names are compared; what the values will be does not matter for that. */
function urlIssues({ url, vars = {} }: JsonObject, web: WebClient): readonly Issue[] {
  if (typeof url !== 'string' || holdsExpression(url) || !isMap(vars)) return [];
  const filled = fillUrl(url, Object.fromEntries(Object.keys(vars).map((name) => [name, 'x'])));
  const problem = filled.ok ? web.refuses(filled.url) : filled.problem;
  return problem === undefined ? [] : [{ path: ['url'], message: problem }];
}

const isMap = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function bodyIssues({ method, json, body }: JsonObject): readonly Issue[] {
  if (json !== undefined && body !== undefined)
    return [{ path: ['body'], message: 'Give `json` or `body`, not both.' }];
  if ((json === undefined && body === undefined) || !isRead(method ?? 'GET')) return [];
  return [
    { path: [json === undefined ? 'body' : 'json'], message: 'GET and HEAD have no body: name another `method`.' },
  ];
}

const secretHere = 'A secret never stands here: use `bearer` or `secret_headers`.';
const ours = 'Tocsin decides this header.';

const notAmong = {
  headers: { authorization: secretHere, cookie: secretHere, 'proxy-authorization': secretHere },
  secret_headers: {},
  either: { host: ours, connection: ours, 'content-length': ours, 'transfer-encoding': ours },
} as const;

const headerIssues = (args: JsonObject): readonly Issue[] =>
  (['headers', 'secret_headers'] as const).flatMap((field) => {
    const refused: Readonly<Record<string, string>> = { ...notAmong[field], ...notAmong.either };
    const given = args[field];
    return Object.keys(isMap(given) ? given : {})
      .filter((name) => Object.hasOwn(refused, name.toLowerCase()))
      .map((name) => ({ path: [field, name], message: refused[name.toLowerCase()] ?? '' }));
  });
