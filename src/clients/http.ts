/** One way out over HTTP: sizes, times and redirects are bounded, and no error carries a header or a whole body. */
import type { AxiosError, AxiosInstance, AxiosResponse } from 'axios';
import type { FailureClass } from '../domain/run.ts';
import { codeInWords } from './error-codes.ts';

export interface HttpOptions {
  readonly baseURL: string;
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxResponseBytes?: number;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Below the base URL; an absolute URL is not followed. */
  readonly path: string;
  readonly params?: Readonly<Record<string, string>>;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as `application/json`. */
  readonly json?: unknown;
  readonly signal?: AbortSignal;
}

export interface HttpClient {
  /** The parsed JSON body. Throws `HttpFailure`. */
  json(request: HttpRequest): Promise<unknown>;
  /** Where the answer's body says nothing. Throws `HttpFailure`. */
  send(request: HttpRequest): Promise<void>;
}

/** What went wrong, without what must not be seen: no headers, no query string, a bounded piece of the body. */
export class HttpFailure extends Error {
  override name = 'HttpFailure';
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** Undefined: there was no answer. */
  readonly status: number | undefined;
  readonly excerpt: string;
  constructor(where: Where, what: { readonly why: string; readonly status?: number; readonly excerpt?: string }) {
    super(`${where.method} ${where.host}${where.path}: ${what.why}`);
    this.method = where.method;
    this.host = where.host;
    this.path = where.path;
    this.status = what.status;
    this.excerpt = what.excerpt ?? '';
  }
}

/** What kind of failure it was, for whoever decides whether to try again. */
export function classOfHttp({ status, message }: HttpFailure): FailureClass {
  if (status !== undefined) return classOfStatus(status);
  return message.includes('no answer within') ? 'timeout' : 'connect_error';
}

export function classOfStatus(status: number): FailureClass {
  if (status === 429) return 'rate_limited';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 401 || status === 403) return 'refused';
  return status >= 500 ? 'unavailable' : 'bad_answer';
}

type Where = { readonly method: string; readonly host: string; readonly path: string };

const excerptLength = 300;

export function httpClient(options: HttpOptions): HttpClient {
  const limits = { timeoutMs: options.timeoutMs, host: new URL(options.baseURL).host };
  let made: Promise<AxiosInstance> | undefined;
  const answered = async (request: HttpRequest): Promise<Good> => {
    made ??= instanceOf(options);
    return await ask(await made, request, limits);
  };
  return {
    json: async (request) => parsed(await answered(request), whereOf(request, limits)),
    send: async (request) => void (await answered(request)),
  };
}

/** Loaded for the first question: axios is a tenth of the time that a start takes. */
async function instanceOf({
  baseURL,
  timeoutMs,
  headers = {},
  maxResponseBytes = 20_000_000,
}: HttpOptions): Promise<AxiosInstance> {
  const { default: axios } = await import('axios');
  return axios.create({
    baseURL,
    headers: { accept: 'application/json', ...headers },
    timeout: timeoutMs,
    allowAbsoluteUrls: false,
    maxRedirects: 0,
    maxContentLength: maxResponseBytes,
    maxBodyLength: 1_000_000,
    // Only configuration decides where requests go, never the environment.
    proxy: false,
    responseType: 'text',
    transformResponse: (body: unknown) => body,
    validateStatus: () => true,
  });
}

type Limits = { readonly timeoutMs: number; readonly host: string };

const whereOf = ({ method, path }: HttpRequest, { host }: Limits): Where => ({ method, host, path });

interface Good {
  readonly status: number;
  readonly body: string;
}

async function ask(instance: AxiosInstance, request: HttpRequest, limits: Limits): Promise<Good> {
  const { timeoutMs } = limits;
  const where = whereOf(request, limits);
  // axios' own timeout does not cover connecting.
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
  const response = await send(instance, request, signal).catch((error: unknown) => {
    if (deadline.aborted) throw new HttpFailure(where, { why: `no answer within ${timeoutMs} ms` });
    throw new HttpFailure(where, { why: whyOf(error) });
  });
  return bodyOf(response, where);
}

function send(instance: AxiosInstance, request: HttpRequest, signal: AbortSignal): Promise<AxiosResponse<string>> {
  const { method, path, params, form, json } = request;
  const data = form ? new URLSearchParams(form) : json;
  return instance.request<string>({
    method,
    url: path,
    signal,
    ...(params ? { params } : {}),
    ...(data === undefined ? {} : { data }),
    ...(json === undefined ? {} : { headers: { 'content-type': 'application/json' } }),
  });
}

function bodyOf({ status, data }: AxiosResponse<string>, where: Where): Good {
  const body = String(data ?? '');
  if (status >= 200 && status <= 299) return { status, body };
  throw new HttpFailure(where, { why: `answered ${status}`, status, excerpt: body.slice(0, excerptLength) });
}

function parsed({ status, body }: Good, where: Where): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new HttpFailure(where, { why: 'the answer is not JSON', status, excerpt: body.slice(0, excerptLength) });
  }
}

/** The code says it (`ECONNREFUSED`); an axios message can hold the address with its query, so it is not taken over. */
function whyOf(error: unknown): string {
  if (!isAxiosError(error)) return error instanceof Error ? error.message : 'failed';
  if (error.code === 'ERR_CANCELED') return 'cancelled';
  if (error.code === 'ERR_BAD_RESPONSE') return 'the answer is too large or broken';
  return error.code === undefined ? 'failed' : codeInWords(error.code);
}

const isAxiosError = (error: unknown): error is AxiosError =>
  typeof error === 'object' && error !== null && 'isAxiosError' in error;
