/** Prometheus' HTTP API: instant and range queries, and the alerting rules. Source: Prometheus docs, "HTTP API". */
import { z } from 'zod';
import type { Instant } from '../domain/ids.ts';
import { type HttpClient, HttpFailure, type HttpOptions, httpClient } from './http.ts';

export { BadVariable, bindVars } from './promql.ts';

/** A value may be NaN or infinite: Prometheus says so, and means it. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly { readonly at: Instant; readonly value: number }[];
}

export interface AlertingRule {
  readonly name: string;
  readonly group: string;
  readonly query: string;
  readonly durationMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface QueryOptions {
  /** Default: Prometheus' now. */
  readonly time?: Instant;
  readonly signal?: AbortSignal;
}

export interface RangeOptions {
  readonly start: Instant;
  readonly end: Instant;
  /** Prometheus: at most 11,000 points a series. */
  readonly stepMs: number;
  readonly signal?: AbortSignal;
}

/** Throws `HttpFailure`; a query that Prometheus refuses is said in its own words. */
export interface PrometheusClient {
  query(expression: string, options?: QueryOptions): Promise<readonly Sample[]>;
  queryRange(expression: string, options: RangeOptions): Promise<readonly Series[]>;
  rules(signal?: AbortSignal): Promise<readonly AlertingRule[]>;
}

export function prometheusClient({
  url,
  ...options
}: Omit<HttpOptions, 'baseURL'> & { readonly url: string }): PrometheusClient {
  const http = httpClient({ ...options, baseURL: url });
  const host = new URL(url).host;
  return {
    query: async (expression, { time, signal } = {}) => {
      const form = { query: expression, ...(time === undefined ? {} : { time: seconds(time) }) };
      return samplesOf(await post(http, host, { path: '/api/v1/query', form, signal }), host);
    },
    queryRange: async (expression, { start, end, stepMs, signal }) => {
      const form = { query: expression, start: seconds(start), end: seconds(end), step: seconds(stepMs) };
      return seriesOf(await post(http, host, { path: '/api/v1/query_range', form, signal }), host);
    },
    rules: async (signal) => {
      const body = await http.json({
        method: 'GET',
        path: '/api/v1/rules',
        params: { type: 'alert' },
        ...given(signal),
      });
      return read(Rules, body, { host, path: '/api/v1/rules' }).data.groups.flatMap(rulesOf);
    },
  };
}

const seconds = (ms: number): string => String(ms / 1000);
const given = (signal: AbortSignal | undefined) => (signal ? { signal } : {});

type Post = { readonly path: string; readonly form: Record<string, string>; readonly signal: AbortSignal | undefined };

/** POST, since a long query does not fit into every proxy's URL. */
async function post(http: HttpClient, host: string, { path, form, signal }: Post): Promise<z.infer<typeof Answer>> {
  try {
    const body = await http.json({ method: 'POST', path, form, ...given(signal) });
    return read(Answer, body, { host, path });
  } catch (error) {
    throw error instanceof HttpFailure ? inItsOwnWords(error) : error;
  }
}

/** `{"status":"error","errorType":"bad_data","error":"parse error …"}` */
function inItsOwnWords(failure: HttpFailure): HttpFailure {
  const said = /"error":"((?:\\.|[^"\\])*)/.exec(failure.excerpt)?.[1];
  if (!said) return failure;
  const why = `answered ${failure.status}: ${said.replaceAll('\\"', '"')}`;
  return new HttpFailure(failure, {
    why,
    excerpt: failure.excerpt,
    ...(failure.status ? { status: failure.status } : {}),
  });
}

function read<S extends z.ZodType>(
  schema: S,
  body: unknown,
  { host, path }: { host: string; path: string },
): z.infer<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const why = `not an answer of Prometheus: ${z.prettifyError(parsed.error)}`;
  throw new HttpFailure({ method: 'read', host, path }, { why });
}

// Prometheus writes "NaN", "+Inf" and "-Inf".
const Value = z.string().transform((text) => (/^[+-]Inf$/.test(text) ? Number(`${text}inity`) : Number(text)));
const Point = z.tuple([z.number(), Value]);
const Labels = z.record(z.string(), z.string());

const Answer = z.object({
  data: z.discriminatedUnion('resultType', [
    z.object({
      resultType: z.literal('vector'),
      result: z.array(z.object({ metric: Labels, value: Point.optional() })),
    }),
    z.object({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ metric: Labels, values: z.array(Point).default([]) })),
    }),
    z.object({ resultType: z.literal('scalar'), result: Point }),
    z.object({ resultType: z.literal('string'), result: z.tuple([z.number(), z.string()]) }),
  ]),
});

const Rule = z.object({
  name: z.string(),
  query: z.string(),
  duration: z.number().default(0),
  labels: Labels.default({}),
  annotations: Labels.default({}),
});
const Rules = z.object({ data: z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(Rule) })) }) });

function samplesOf({ data }: z.infer<typeof Answer>, host: string): readonly Sample[] {
  if (data.resultType === 'scalar') return [{ labels: {}, value: data.result[1] }];
  if (data.resultType === 'vector')
    return data.result.map(({ metric, value }) => ({ labels: metric, value: value?.[1] ?? Number.NaN }));
  const why = `the query gives a ${data.resultType}, where one value for each series is wanted`;
  throw new HttpFailure({ method: 'POST', host, path: '/api/v1/query' }, { why });
}

function seriesOf({ data }: z.infer<typeof Answer>, host: string): readonly Series[] {
  if (data.resultType !== 'matrix')
    throw new HttpFailure({ method: 'POST', host, path: '/api/v1/query_range' }, { why: `gives a ${data.resultType}` });
  return data.result.map(({ metric, values }) => ({
    labels: metric,
    points: values.map(([at, value]) => ({ at: Math.round(at * 1000), value })),
  }));
}

const rulesOf = ({ name: group, rules }: { name: string; rules: z.infer<typeof Rule>[] }): readonly AlertingRule[] =>
  rules.map(({ duration, ...rule }) => ({ ...rule, group, durationMs: Math.round(duration * 1000) }));
