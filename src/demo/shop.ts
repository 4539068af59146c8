/** A small shop with customers of its own, metrics for Prometheus, and a switch that breaks it until it is restarted. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';
import { logFailure, logPage, tracePage } from './shop-log.ts';

type Visit = { readonly atMs: number; readonly failed: boolean };

const customersAtATime = 4;
const customersEveryMs = 100;
/** The error ratio looks back this far, so that a fault shows at once and one bad card does not. */
const windowMs = 5_000;
const rareFailures = 0.016;
const checkoutShare = 0.6;

const totals = { requests: 0, errors: 0 };
let recent: readonly Visit[] = [];
// In memory only: a restart repairs the shop.
let broken = false;

/** Says with which status the shop answers, and counts it. */
function visit(path: string): number {
  const failed = path === '/checkout' && (broken || Math.random() < rareFailures);
  totals.requests += 1;
  totals.errors += failed ? 1 : 0;
  const atMs = Date.now();
  recent = [...recent, { atMs, failed }];
  if (failed) logFailure(atMs);
  return failed ? 500 : 200;
}

function sendCustomers(): void {
  recent = recent.filter(({ atMs }) => atMs > Date.now() - windowMs);
  for (let customer = 0; customer < customersAtATime; customer++)
    visit(Math.random() < checkoutShare ? '/checkout' : '/');
}

function errorRatio(): number {
  return recent.length ? recent.filter(({ failed }) => failed).length / recent.length : 0;
}

function metrics(): string {
  return [
    '# HELP shop_requests_total Requests that the shop answered.',
    '# TYPE shop_requests_total counter',
    `shop_requests_total ${totals.requests}`,
    '# HELP shop_errors_total Requests that the shop answered with 500.',
    '# TYPE shop_errors_total counter',
    `shop_errors_total ${totals.errors}`,
    '# HELP shop_error_ratio Share of the last five seconds of requests that failed.',
    '# TYPE shop_error_ratio gauge',
    `shop_error_ratio ${errorRatio().toFixed(4)}`,
    '',
  ].join('\n');
}

const runbook = `ShopErrors: what to do

1. Look at the graph: does the share of failed requests stay above 5 %?
2. Restart the shop. Its fault lives in the memory of the process.
3. See the share fall below 5 % again.
`;

const pages: Readonly<Record<string, (search: URLSearchParams) => string>> = {
  '/metrics': metrics,
  '/runbook': () => runbook,
  '/logs/search': logPage,
  '/traces/search': tracePage,
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://shop');
  const page = pages[path];
  if (page) return reply(response, 200, page(searchParams));
  if (path === '/_fault' && request.method === 'POST') return breakIt(response, await bodyOf(request));
  if (path !== '/' && path !== '/checkout') return reply(response, 404, 'The shop sells nothing here.\n');
  const status = visit(path);
  reply(response, status, status === 200 ? 'Welcome to the shop.\n' : 'The till is broken.\n');
}

function breakIt(response: ServerResponse, body: string): void {
  broken ||= /"kind"\s*:\s*"errors"/.test(body);
  if (broken) reply(response, 200, 'The till is broken until the shop is restarted.\n');
  else reply(response, 400, 'The only fault is {"kind":"errors"}.\n');
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function reply(response: ServerResponse, status: number, text: string): void {
  // Prometheus 3 refuses a scrape without a content type that it knows.
  response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
}

const { values } = parseArgs({ options: { port: { type: 'string' } } });
const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => reply(response, 500, `${error}\n`));
});
server.listen({ port: Number(values.port), host: '127.0.0.1' }, () =>
  console.log(`The shop is open on port ${values.port}.`),
);
setInterval(sendCustomers, customersEveryMs);
