/** The door: whether a running Tocsin answers at its address, and takes what each source sends. */
import { type Check, ok, problem, type Said, warning } from './finding.ts';

export interface Door {
  /** `http://127.0.0.1:8080`. */
  readonly address: string;
  /** Each source with the header that its sender shows. */
  readonly sources: readonly { readonly name: string; readonly authorization: string }[];
  /** HTTP mode: the address of the manifest, where it is known. */
  readonly slack?: { readonly address: string | undefined };
}

const withinMs = 5_000;
const howToStart = 'Start it with `npm start`, and run this again.';

export const webhooksCheck = ({ address, sources, slack }: Door): Check => ({
  about: 'webhooks',
  look: async () => {
    if (!sources.length) return [problem('There is no source: nobody may send alerts.', 'Add one under `sources`.')];
    const alive = await status(`${address}/healthz`);
    if (alive !== 200) return [warning(`No Tocsin answers at ${address}.`, howToStart)];
    const ready = await readiness(address);
    const each = await Promise.all(sources.map((source) => saidOf(address, source)));
    return [ok(`Tocsin answers at ${address}.`), ...ready, ...each, ...(slack ? [await slackSaid(slack.address)] : [])];
  },
});

async function readiness(address: string): Promise<readonly Said[]> {
  const answer = await ask(`${address}/readyz`);
  if (answer?.status === 200) return [ok('It is ready.')];
  const { checks = {} } = ((await answer?.json().catch(() => undefined)) ?? {}) as { checks?: Record<string, Result> };
  const failed = Object.entries(checks).filter(([, result]) => !result.ok);
  return failed.map(([name, { detail }]) =>
    problem(`It is not ready: ${name}: ${detail}`, 'See docs/operations.md, "Is it well?".'),
  );
}

interface Result {
  readonly ok: boolean;
  readonly detail: string;
}

/** Alertmanager's body without any alert: stored like any other, and changes nothing. */
const emptyBody = JSON.stringify({ version: '4', groupKey: 'tocsin doctor', alerts: [] });

async function saidOf(address: string, { name, authorization }: Door['sources'][number]): Promise<Said> {
  const path = `/webhooks/${name}`;
  const answered = await status(`${address}${path}`, { method: 'POST', body: emptyBody, headers: { authorization } });
  if (answered === 202) return ok(`${path} takes and stores what is sent with its secret.`);
  const advice =
    answered === 401 || answered === 404
      ? 'The Tocsin that runs has another configuration: restart it.'
      : 'See its log.';
  return problem(`${path} answers ${answered}.`, advice);
}

/** Nothing but Tocsin answers a GET there with 405. */
async function slackSaid(address: string | undefined): Promise<Said> {
  if (!address)
    return warning(
      'Whether Slack reaches Tocsin cannot be seen.',
      'Set `http.public_url` to the address of the manifest.',
    );
  const answered = await status(`${address}/slack/events`);
  if (answered === 405) return ok(`Slack's requests to ${address} arrive here.`);
  return problem(
    `${address}/slack/events answers ${answered}, as if it were not Tocsin.`,
    'See that `http.public_url` is the address of the manifest, and that the proxy passes the path on.',
  );
}

const ask = (url: string, init: RequestInit = {}): Promise<Response | undefined> =>
  fetch(url, { ...init, signal: AbortSignal.timeout(withinMs), redirect: 'manual' }).catch(() => undefined);

async function status(url: string, init?: RequestInit): Promise<number | 'nothing'> {
  const answer = await ask(url, init);
  await answer?.arrayBuffer().catch(() => undefined);
  return answer?.status ?? 'nothing';
}
