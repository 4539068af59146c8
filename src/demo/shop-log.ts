/** The shop's own log of what failed, kept in memory, and the pages that the incident's links lead to. */
const mostKept = 2_000;
const mostShown = 200;
let failures: readonly number[] = [];

export function logFailure(atMs: number): void {
  failures = [...failures.slice(-mostKept), atMs];
}

/** `?from=…&to=…` as the link of the incident's card gives them. */
export function logPage(search: URLSearchParams): string {
  const [fromMs, toMs] = [timeIn(search, 'from') ?? 0, timeIn(search, 'to') ?? Date.now()];
  const found = failures.filter((atMs) => atMs >= fromMs && atMs <= toMs);
  const lines = found
    .slice(-mostShown)
    .map((atMs) => `${new Date(atMs).toISOString()} 500 /checkout The till is broken.`);
  const span = `from ${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`;
  return [`Failed requests ${span}: ${found.length}, the last ${lines.length} of them:`, '', ...lines, ''].join('\n');
}

export const tracePage = (): string =>
  'The shop of the demo keeps no traces. In a tocsin.yml of yours this link leads to Jaeger, Tempo or the like,\n' +
  'for the service and the time of the incident, as the address of this page shows.\n';

function timeIn(search: URLSearchParams, name: string): number | undefined {
  const atMs = Date.parse(search.get(name) ?? '');
  return Number.isNaN(atMs) ? undefined : atMs;
}
