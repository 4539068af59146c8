/** Counters and timings for Prometheus, all named `tocsin_…`. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

type Labels = Readonly<Record<string, string>>;

/** The engine's `Metrics`, with any names: what is not in the tables is said once in the log and not counted. */
export interface Metrics {
  count(name: string, labels?: Labels, by?: number): void;
  observe(name: string, seconds: number, labels?: Labels): void;
}

interface Described {
  readonly help: string;
  readonly labels: readonly string[];
  /** Shown as 0 from the start: Prometheus sees no increase in a counter that begins with 1. */
  readonly from?: readonly string[];
}

const counters: Readonly<Record<string, Described>> = {
  webhooks_total: { help: 'Webhooks, by source and answer.', labels: ['source', 'outcome'] },
  alerts_total: { help: 'Alerts in accepted webhooks, by source.', labels: ['source'] },
  decisions_total: { help: 'Decisions, by their reason.', labels: ['reason'] },
  incidents_total: { help: 'Incidents opened, by severity.', labels: ['severity'] },
  effects_total: { help: 'Effects performed, by kind and outcome.', labels: ['kind', 'outcome'] },
  effect_failures_total: { help: 'Tries of effects that failed, by kind; most are tried again.', labels: ['kind'] },
  commit_conflicts_total: { help: 'Commits that another process was faster than.', labels: ['kind'] },
  chat_calls_total: { help: 'Calls of the chat system, by method and outcome.', labels: ['method', 'outcome'] },
  chat_rate_limited_total: { help: 'Calls that the chat system answered with "too many".', labels: ['method'] },
  slack_requests_total: {
    help: 'Requests of Slack in HTTP mode, by what their signature proved.',
    labels: ['outcome'],
  },
  playbook_reloads_total: {
    help: 'Readings of the playbooks folder that were new, by outcome.',
    labels: ['outcome'],
    from: ['loaded', 'problems', 'unreadable', 'not_published'],
  },
  runs_total: {
    help: 'Runs of playbooks that ended, by outcome.',
    labels: ['outcome'],
    from: ['succeeded', 'failed', 'cancelled'],
  },
  steps_total: { help: 'Playbook steps, by outcome.', labels: ['outcome'], from: ['succeeded', 'failed', 'unknown'] },
};

/** Read when somebody asks: the same from every process, since they stand in the store (but for the last two). */
const gauges: Readonly<Record<string, Described>> = {
  incidents_open: { help: 'Open incidents, by severity.', labels: ['severity'] },
  backlog_effects: { help: 'Effects that are to be performed.', labels: [] },
  backlog_seconds: { help: 'How long the oldest effect has been due.', labels: [] },
  inbox_webhooks: { help: 'Webhooks that are stored and not yet decided upon.', labels: [] },
  store_up: { help: 'Whether the store answers: 1 or 0.', labels: [] },
  automation_stopped: { help: 'Whether automation is stopped: 1 or 0.', labels: [] },
  circuit_breakers_open: { help: 'Circuit breakers of playbooks that wait for somebody to reset them.', labels: [] },
  workers: { help: 'Living workers, by pool.', labels: ['pool'] },
  slack_connected: { help: 'Whether this process hears Slack: 1 or 0.', labels: [] },
  playbook_problems: { help: 'Problems in the playbooks folder.', labels: [] },
};

const timings: Readonly<Record<string, Described>> = {
  effect_seconds: { help: 'From the begin of an effect to its end.', labels: ['kind'] },
  chat_wait_seconds: { help: "How long calls waited for the chat system's limits.", labels: ['method'] },
  webhook_seconds: { help: 'From the first byte of a webhook to its answer.', labels: ['source'] },
  webhook_to_card_seconds: { help: 'From the webhook to the incident card that people see.', labels: [] },
  step_seconds: {
    help: 'From the begin of a playbook step to its end, by action and outcome.',
    labels: ['action', 'outcome'],
  },
  run_seconds: { help: 'From the start of a run to its end, waits included, by outcome.', labels: ['outcome'] },
};

// From a store write to the slowest playbook step.
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** What a gauge stands at now. */
export interface Reading {
  readonly name: string;
  readonly value: number;
  readonly labels?: Labels;
}

export type Read = () => Promise<readonly Reading[]>;

export type Warn = (what: string, fields: Readonly<Record<string, unknown>>) => void;

interface Measured {
  readonly metrics: Metrics;
  /** Asked at each exposition; what is not read any more is not shown any more. */
  readonly watch: (read: Read) => void;
  readonly exposition: () => Promise<string>;
}

export function createMetrics(warn: Warn): Measured {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'tocsin_' });
  const spec = (name: string, { help, labels }: Described) => ({
    name: `tocsin_${name}`,
    help,
    labelNames: [...labels],
    registers: [registry],
  });
  const counting = new Map(
    Object.entries(counters).map(([name, described]) => [name, new Counter(spec(name, described))] as const),
  );
  for (const [name, { labels, from = [] }] of Object.entries(counters))
    for (const value of from) counting.get(name)?.inc({ [labels[0] ?? '']: value }, 0);
  const standing = new Map(
    Object.entries(gauges).map(([name, described]) => [name, new Gauge(spec(name, described))] as const),
  );
  const timing = new Map(
    Object.entries(timings).map(
      ([name, described]) => [name, new Histogram({ ...spec(name, described), buckets })] as const,
    ),
  );
  const reads: Read[] = [];
  const show = ({ name, value, labels = {} }: Reading): void => {
    const gauge = standing.get(name);
    if (gauge) gauge.set(fitting(labels, gauges[name]), value);
    else unknown(name);
  };
  const unknown = onlyOnce((name) => warn('a metric that nobody described', { metric: name }));
  return {
    metrics: {
      count: (name, labels = {}, by = 1) => {
        const metric = counting.get(name);
        if (!metric) return unknown(name);
        metric.inc(fitting(labels, counters[name]), by);
      },
      observe: (name, seconds, labels = {}) => {
        const metric = timing.get(name);
        if (!metric) return unknown(name);
        metric.observe(fitting(labels, timings[name]), seconds);
      },
    },
    watch: (read) => void reads.push(read),
    exposition: async () => {
      const readings = await Promise.all(reads.map((read) => read()));
      for (const [name, gauge] of standing) clear(gauge, gauges[name]);
      for (const reading of readings.flat()) show(reading);
      return await registry.metrics();
    },
  };
}

/** A gauge without labels would come back as 0. */
function clear(gauge: Gauge, { labels }: Described = { help: '', labels: [] }): void {
  gauge.reset();
  if (!labels.length) gauge.remove();
}

/** Exactly the labels of the table: prom-client throws at others, and a metric must never stop what it measures. */
const fitting = (labels: Labels, described: Described | undefined): Record<string, string> =>
  Object.fromEntries((described?.labels ?? []).map((name) => [name, String(labels[name] ?? '').slice(0, 100)]));

function onlyOnce(say: (name: string) => void): (name: string) => void {
  const said = new Set<string>();
  return (name) => {
    if (said.has(name)) return;
    said.add(name);
    say(name);
  };
}
