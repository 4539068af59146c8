/** Requests to hosts that the configuration allows: no redirect, bounded, and honest about whether anything was sent. */
import { lookup as systemLookup } from 'node:dns';
import { type ClientRequest, type IncomingMessage, request as overHttp, type RequestOptions } from 'node:http';
import { request as overHttps } from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { FailureClass } from '../domain/run.ts';
import { kindOfAddress } from './addresses.ts';
import { codeInWords } from './error-codes.ts';
import { startOf } from './tail.ts';

export interface WebRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface WebAnswer {
  readonly status: number;
  readonly body: string;
  /** There was more. */
  readonly truncated: boolean;
}

export interface WebClient {
  /** Why nothing is sent there, in words. */
  refuses(url: URL): string | undefined;
  /** Whatever the status. Throws `WebFailure`. */
  send(request: WebRequest): Promise<WebAnswer>;
}

export interface WebOptions {
  /** `api.example.com` (its usual ports), `api:8443`, `127.0.0.1:9000`. */
  readonly allow: readonly string[];
  readonly maxAnswerBytes?: number;
  readonly lookup?: LookupFunction;
}

/** No header, no query and no body of the request is in it. */
export class WebFailure extends Error {
  override name = 'WebFailure';
  /** Before: the other side has not seen the request. */
  readonly when: 'before_dispatch' | 'after_dispatch';
  readonly failure: FailureClass;
  constructor(message: string, what: { readonly when: WebFailure['when']; readonly failure: FailureClass }) {
    super(message);
    this.when = what.when;
    this.failure = what.failure;
  }
}

export function webClient({ allow, maxAnswerBytes = 1_000_000, lookup = systemLookup }: WebOptions): WebClient {
  const allowed = allow.map(entryOf);
  const refuses = (url: URL): string | undefined => refusalOf(url, allowed);
  return {
    refuses,
    send: async (request) => {
      const refusal = refuses(request.url);
      if (refusal) throw new WebFailure(refusal, { when: 'before_dispatch', failure: 'refused' });
      return await sent(request, { maxAnswerBytes, lookup: guarded(lookup, allowed) });
    },
  };
}

type Entry = { readonly host: string; readonly ports: readonly string[] };

function entryOf(text: string): Entry {
  const port = /:(\d+)$/.exec(text)?.[1];
  const bare = port === undefined ? text : text.slice(0, -port.length - 1);
  // As the URL parser writes it: small letters, Punycode, plain addresses.
  const host = URL.canParse(`http://${bare}`) ? new URL(`http://${bare}`).hostname : bare;
  return { host, ports: port === undefined ? ['80', '443'] : [port] };
}

const portOf = ({ port, protocol }: URL): string => port || (protocol === 'https:' ? '443' : '80');

function refusalOf(url: URL, allowed: readonly Entry[]): string | undefined {
  if (!/^https?:$/.test(url.protocol)) return `${url.protocol} is not spoken here: write http:// or https://.`;
  if (url.username || url.password) return 'No user and no password in an address: use a secret field.';
  const isAllowed = allowed.some(({ host, ports }) => host === url.hostname && ports.includes(portOf(url)));
  if (!isAllowed)
    return `${url.host} is not among \`steps.http.allow\` of tocsin.yml: add it there, or correct the address.`;
  return isIP(url.hostname.replace(/^\[|\]$/g, '')) ? undefined : nameRefusal(url);
}

/** What looks like a name and is none could be read otherwise further on. */
const nameRefusal = ({ hostname }: URL): string | undefined =>
  /^[a-z0-9_.-]+$/.test(hostname) ? undefined : `\`${hostname}\` is no host name.`;

/** An address that was not named may be reached by no name, whatever its DNS says now. */
function addressRefusal(address: string, allowed: readonly Entry[]): string | undefined {
  const kind = kindOfAddress(address);
  if (kind === 'usual' || allowed.some(({ host }) => host.replace(/^\[|\]$/g, '') === address)) return undefined;
  if (kind === 'loopback' && allowed.some(({ host }) => host === 'localhost')) return undefined;
  return `it leads to ${address}, which is this machine, its link or a metadata service; only an address that stands in \`steps.http.allow\` itself may be one`;
}

class AddressRefused extends Error {}

const guarded =
  (lookup: LookupFunction, allowed: readonly Entry[]): LookupFunction =>
  (host, options, answer) =>
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return answer(error, '', 0);
      const addresses = Array.isArray(found) ? found : [{ address: String(found), family: isIP(String(found)) }];
      for (const { address } of addresses) {
        const refusal = addressRefusal(address, allowed);
        if (refusal) return answer(new AddressRefused(refusal), '', 0);
      }
      const [first] = addresses;
      return options.all || !first ? answer(null, addresses) : answer(null, first.address, first.family);
    });

type Means = { readonly maxAnswerBytes: number; readonly lookup: LookupFunction };

async function sent(asked: WebRequest, { maxAnswerBytes, lookup }: Means): Promise<WebAnswer> {
  const deadline = AbortSignal.timeout(asked.timeoutMs);
  const course = { dispatched: false };
  const signal = AbortSignal.any([asked.signal, deadline]);
  try {
    const { url, method, headers } = asked;
    // A socket of its own: a kept one that died meanwhile would look like a lost answer.
    const options: RequestOptions = { method, headers, lookup, signal, agent: false };
    const request = (url.protocol === 'https:' ? overHttps : overHttp)(url, options);
    return await answered(request, { body: asked.body, maxAnswerBytes, course });
  } catch (error) {
    throw failureOf(error, { asked, course, isLate: deadline.aborted });
  }
}

type Course = { dispatched: boolean };
type Exchange = { readonly body: string | undefined; readonly maxAnswerBytes: number; readonly course: Course };

function answered(request: ClientRequest, { body, maxAnswerBytes, course }: Exchange): Promise<WebAnswer> {
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('socket', (socket: Socket) => {
      const isTls = 'encrypted' in socket;
      // Only then does Node write what waits: the first byte of the request cannot have left before.
      socket.once(isTls ? 'secureConnect' : 'connect', () => {
        course.dispatched = true;
      });
    });
    request.once('response', (response) => bodyOf(response, maxAnswerBytes).then(resolve, reject));
    request.end(body);
  });
}

async function bodyOf(response: IncomingMessage, most: number): Promise<WebAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    // Leaving the loop destroys the connection.
    if (bytes > most) break;
  }
  const body = Buffer.concat(chunks).toString('utf8');
  return { status: response.statusCode ?? 0, body: bytes > most ? startOf(body, most) : body, truncated: bytes > most };
}

type Ending = { readonly asked: WebRequest; readonly course: Course; readonly isLate: boolean };

function failureOf(error: unknown, { asked, course, isLate }: Ending): WebFailure {
  const when = course.dispatched ? 'after_dispatch' : 'before_dispatch';
  const where = `${asked.method} ${asked.url.host}${asked.url.pathname}`;
  const failed = (why: string, failure: FailureClass) => new WebFailure(`${where}: ${why}`, { when, failure });
  if (isLate) return failed(`no answer within ${asked.timeoutMs / 1000} s`, 'timeout');
  if (asked.signal.aborted) return failed('stopped before the answer came', 'timeout');
  if (error instanceof AddressRefused) return failed(error.message, 'refused');
  const code = error instanceof Error && 'code' in error ? codeInWords(String(error.code)) : 'failed';
  return failed(
    `${code}${course.dispatched ? ' before the answer came' : ''}`,
    course.dispatched ? 'unavailable' : 'connect_error',
  );
}
