/** What `tocsin playbook …` does: lint, test, plan, dry run, back-test. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCalendars } from './config/calendars.ts';
import type { Config } from './config/config.ts';
import { ConfigProblems } from './config/problems.ts';
import { createSecrets } from './config/secrets.ts';
import type { AlertGroup, AlertRecord } from './domain/alert.ts';
import { durationMs } from './domain/duration.ts';
import type { JsonObject } from './domain/json.ts';
import type { Playbook } from './domain/playbook.ts';
import { loadFiles } from './playbooks/load.ts';
import { playbookSchema, testSchema } from './playbooks/schema.ts';
import { poolProblems } from './pools.ts';
import { alertGroup } from './rehearsal/alerts.ts';
import { backtest, printedBacktest } from './rehearsal/backtest.ts';
import { type DryRunning, dryRun, printedDryRun } from './rehearsal/dry-run.ts';
import { lintPlaybooks } from './rehearsal/lint.ts';
import { planPlaybook, printedPlan } from './rehearsal/plan.ts';
import { rehearsedActions, settingOf } from './rehearsal/setting.ts';
import { silentChat } from './rehearsal/silent-chat.ts';
import { printedTests, testPlaybooks } from './rehearsal/suite.ts';
import { alertSources } from './sources/index.ts';
import { runningEmbedded } from './store/embedded.ts';
import { redisStore } from './store/redis.ts';
import { realActions } from './wiring.ts';

export interface Setup {
  /** Read when a command needs it. */
  config(): Config;
  /** The same for what reaches nobody: it needs no secrets. */
  offline(): Config;
  print(line: string): void;
}

export interface Trying {
  readonly alert?: string;
  readonly input: readonly string[];
  readonly json?: boolean;
}

/** To a dry run, which asks nobody. */
export interface Answering extends Trying {
  readonly answer: readonly string[];
}

export function schema({ print }: Setup, { tests = false }: { readonly tests?: boolean }): void {
  print(JSON.stringify(tests ? testSchema() : playbookSchema(rehearsedActions()), null, 2));
}

export async function test({ print }: Setup, paths: readonly string[]): Promise<void> {
  const tested = await testPlaybooks(paths);
  for (const line of printedTests(tested)) print(line);
  process.exitCode = tested.some(({ problems }) => problems.length) ? 1 : 0;
}

export function lint(setup: Setup, paths: readonly string[]): void {
  const { print } = setup;
  const { files, problems } = lintPlaybooks(paths, concernsHere(setup));
  for (const problem of problems) print(problem);
  if (problems.length) process.exitCode = 1;
  else print(`${files} file${files === 1 ? ' is' : 's are'} fine.`);
}

/** Pools that the configuration at hand does not know; without one, there is nothing to be held against them. */
function concernsHere({ offline }: Setup): (playbook: Playbook) => readonly string[] {
  try {
    const config = offline();
    const actions = rehearsedActions(config.inventory.map(({ name }) => name));
    return (playbook) => poolProblems(playbook, config, actions);
  } catch (error) {
    if (error instanceof ConfigProblems) return () => [];
    throw error;
  }
}

/** Playbooks as the configuration has them, with its inventory, calendars and policy. */
function shelfOf(config: Config, id: string) {
  const { playbooks, inventory, policy } = config;
  const hosts = inventory.map(({ name }) => name);
  const calendars = openCalendars(config.calendars, { onProblem: (problem) => process.stderr.write(`${problem}\n`) });
  calendars.stop();
  const setting = { ...settingOf({ hosts, frozen: calendars.frozen }), actions: rehearsedActions(hosts) };
  const loaded = loadFiles(playbooks.folder, setting.actions).map((file) => file.loaded);
  const all = loaded.flatMap((one) => ('playbook' in one ? [one.playbook] : []));
  const found = all.find((one) => one.id === id);
  if (!found) throw new Error(notThere(id, all, playbooks.folder));
  return { ...setting, policy, playbook: found, playbooks: all };
}

const notThere = (id: string, all: readonly Playbook[], dir: string): string =>
  `There is no playbook \`${id}\` in ${dir}. There are: ${all.map((one) => one.id).join(', ') || 'none'}; those with a problem are not among them: \`tocsin playbook lint ${dir}\` says which.`;

const inputsOf = ({ input }: Trying): JsonObject => pairsOf(input, 'An input is written name=value');

const pairsOf = (pairs: readonly string[], advice: string): JsonObject =>
  Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=');
      if (!value.length) throw new Error(`${advice}, not \`${pair}\`.`);
      return [name, value.join('=')];
    }),
  );

/** An answer to what nobody asks is a slip of the keys. */
function answersOf({ answer }: Answering, { steps }: Playbook): DryRunning['answers'] {
  const answers = pairsOf(answer, 'An answer is written step=value');
  const questions = steps.flatMap(({ id, action }) => (action === 'ask' ? [id] : []));
  const wrong = Object.keys(answers).find((step) => !questions.includes(step));
  if (wrong !== undefined)
    throw new Error(`No step \`${wrong}\` asks something (those that do: ${questions.join(', ') || 'none'}).`);
  return { ...answers } as DryRunning['answers'];
}

export function plan(setup: Setup, id: string, options: Trying): void {
  const now = Date.now();
  const shown = planPlaybook({
    ...shelfOf(setup.offline(), id),
    now,
    inputs: inputsOf(options),
    alert: alertGroup(options.alert, '.', now),
  });
  const lines = options.json ? [JSON.stringify(shown, null, 2)] : printedPlan(shown);
  for (const line of lines) setup.print(line);
  if (shown.refused) process.exitCode = 1;
}

export async function tryOut(setup: Setup, id: string, options: Answering): Promise<void> {
  const config = setup.config();
  const shelf = shelfOf(config, id);
  const secrets = createSecrets(config.secrets);
  const alert = alertGroup(options.alert, '.', Date.now());
  const inputs = { ...inputsOf(options) } as DryRunning['inputs'];
  const answers = answersOf(options, shelf.playbook);
  const { actions, close } = realActions(config, { chat: silentChat() });
  try {
    const dry = await dryRun({ ...shelf, actions, secrets, alert, inputs, answers });
    for (const line of printedDryRun(dry)) setup.print(line);
    process.exitCode = dry.state === 'succeeded' ? 0 : 1;
  } finally {
    await close();
  }
}

export interface Backtrying {
  readonly bodies?: string;
  readonly since: string;
  readonly assume: string;
}

export async function backtry(setup: Setup, id: string, options: Backtrying): Promise<void> {
  const { bodies, assume, since } = options;
  if (assume !== 'succeeded' && assume !== 'failed') throw new Error('`--assume` is succeeded or failed.');
  const config = bodies === undefined ? setup.config() : setup.offline();
  const groups = bodies === undefined ? await storedGroups(config, since) : groupsIn(bodies);
  const tested = await backtest({ ...shelfOf(config, id), groups, assume });
  for (const line of printedBacktest(tested)) setup.print(line);
}

function groupsIn(bodies: string): readonly AlertGroup[] {
  const source = alertSources.alertmanager('backtest');
  const files = readdirSync(bodies).filter((name) => name.endsWith('.json'));
  return files.sort().flatMap((name) => {
    try {
      return source.parse(readFileSync(join(bodies, name)));
    } catch (error) {
      throw new Error(`${join(bodies, name)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
}

const mostIncidents = 1_000;
const mostAlerts = 1_000;

/** Of each alert its last firing: that is what is kept. */
async function storedGroups({ redis }: Config, since: string): Promise<readonly AlertGroup[]> {
  const ms = durationMs(since);
  if (ms === undefined) throw new Error(`\`--since\` is a time like 30d or 12h, not \`${since}\`.`);
  const url = redis.kind === 'url' ? redis.url.reveal() : await runningEmbedded(redis.folder);
  if (url === undefined)
    throw new Error('Tocsin does not run, and its own Redis with it: start it, or give `--bodies`.');
  const store = await redisStore({ url });
  try {
    const from = (await store.now()) - ms;
    const ids = await store.list('incident', 'all', mostIncidents);
    const records = (await Promise.all(ids.map((id) => store.topAlerts(id, mostAlerts)))).flat();
    return records.filter(({ startsAt }) => startsAt >= from).map(groupOf);
  } finally {
    await store.close();
  }
}

const groupOf = ({ source, groupKey, since: _, ...alert }: AlertRecord): AlertGroup => ({
  source,
  groupKey,
  groupLabels: {},
  alerts: [alert],
  truncatedAlerts: 0,
  externalURL: '',
});
