/** The commands: parse, call, print. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { configFile, readEnvironment } from './config/environment.ts';
import { loadConfig } from './config/load.ts';
import { ConfigProblems } from './config/problems.ts';
import { loadWithStandIns } from './config/stand-ins.ts';
import { addPlaybookCommands } from './playbook-commands.ts';

const env = readEnvironment();

const program = new Command('tocsin')
  .description('Incident channels with evidence in Slack, and playbooks that people approve.')
  .option('-c, --config <file>', 'the configuration', configFile(env));

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const given = () => ({ env, file: program.opts<{ config: string }>().config });
const config = (options: ProcessOptions = {}) => loadConfig({ ...given(), overrides: overridesBy(options) });
const offline = () => loadWithStandIns(given());

interface ProcessOptions {
  readonly role?: readonly string[];
  readonly pool?: readonly string[];
}

/** What a process does is chosen by who starts it; the file is the same for all. */
const ofProcess = (command: Command): Command =>
  command
    .option('--role <role...>', 'gateway: webhooks and people; worker: steps; both, unless told')
    .option('--pool <pool...>', 'the pools whose steps a worker performs; `default`, unless told');

const overridesBy = ({ role, pool }: ProcessOptions): Readonly<Record<string, string>> => ({
  ...(role && { 'process.roles': role.join(',') }),
  ...(pool && { 'process.pools': pool.join(',') }),
});

ofProcess(program.command('serve'))
  .description('takes webhooks, talks to Slack, runs playbooks')
  .action(async (options: ProcessOptions) => {
    const { startTocsin } = await import('./main.ts');
    const tocsin = await startTocsin(config(options), {
      redisProgram: env.TOCSIN_REDIS_SERVER ?? 'redis-server',
      onFatal: fail,
    });
    let stopping = false;
    const stop = (): void => {
      if (stopping) return;
      stopping = true;
      tocsin.stop().then(() => process.exit(0), fail);
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  });

ofProcess(program.command('check'))
  .description('reads the configuration and the playbooks, and prints what is wrong with them')
  .action(async (options: ProcessOptions) => {
    const { check } = await import('./check.ts');
    const checked = config(options);
    const { playbooks, problems } = await check(checked);
    for (const problem of problems) print(problem);
    if (problems.length) process.exitCode = 1;
    else
      print(
        `The configuration and ${playbooks} playbook${playbooks === 1 ? '' : 's'} in ${checked.playbooks.folder} are fine.`,
      );
  });

ofProcess(program.command('doctor'))
  .description('looks at everything that the configuration names, and says what to do about what is not well')
  .option('--json', 'as JSON, for programs')
  .option('--send-test-alert', 'sends a marked alert through Alertmanager and waits until it has arrived')
  .action(async ({ json = false, sendTestAlert = false, ...options }: DoctorCalled) => {
    const { configFindings, doctor } = await import('./doctor.ts');
    const { isWell, printed } = await import('./doctor/finding.ts');
    const findings = await Promise.resolve()
      .then(() => doctor(config(options), { redisProgram: env.TOCSIN_REDIS_SERVER ?? 'redis-server', sendTestAlert }))
      .catch((error: unknown) => {
        if (error instanceof ConfigProblems) return configFindings(error);
        throw error;
      });
    print(json ? JSON.stringify({ ok: isWell(findings), findings }, null, 2) : printed(findings).join('\n'));
    process.exitCode = isWell(findings) ? 0 : 1;
  });

interface DoctorCalled extends ProcessOptions {
  readonly json?: boolean;
  readonly sendTestAlert?: boolean;
}

program
  .command('replay')
  .argument('<body>', 'a file with the body of a recorded webhook; - for standard input')
  .description('prints what Tocsin would decide about a recorded webhook, and performs nothing')
  .option('--source <name>', 'whose webhook it is, by its name in tocsin.yml', 'alertmanager')
  .option('--json', 'as JSON, for programs')
  .action(async (body: string, { source, json }: { source: string; json?: boolean }) => {
    const { printed, replay } = await import('./replay.ts');
    const replayed = await replay(config(), source, readFileSync(body === '-' ? 0 : body));
    print(json ? JSON.stringify(replayed, null, 2) : printed(replayed));
  });

program
  .command('alert')
  .description('tries alerts out')
  .command('send')
  .argument('[labels...]', 'label=value')
  .description('posts a sample alert to a running Tocsin; again with --resolved ends it')
  .option('--url <address>', 'where Tocsin is, unless the configuration says it')
  .option('--resolved', 'the alert is over')
  .option('--source <name>', 'as which source, by its name in tocsin.yml', 'alertmanager')
  .action(async (labels: string[], { resolved = false, ...sample }: SampleOptions) => {
    const { sendSample } = await import('./sample.ts');
    print(await sendSample(config(), { labels, isResolved: resolved, ...sample }));
  });

interface SampleOptions {
  readonly source: string;
  readonly url?: string;
  readonly resolved?: boolean;
}

program
  .command('audit')
  .description('looks at what has been written')
  .command('verify')
  .argument('[ids...]', 'incidents and runs, such as inc-12; all where none is named')
  .description('whether the histories of incidents and runs are what was written; exit code 1 if not')
  .option('--json', 'as JSON, for programs')
  .action(async (ids: string[], { json = false }: { json?: boolean }) => {
    const { audit, printedAudit } = await import('./audit.ts');
    const audited = await audit(config(), ids);
    print(json ? JSON.stringify(audited, null, 2) : printedAudit(audited).join('\n'));
    process.exitCode = audited.findings.length ? 1 : 0;
  });

program
  .command('manifest')
  .description('prints the manifest of the Slack app, to be pasted at https://api.slack.com/apps?new_app=1')
  .option('--http <address>', 'for `slack.mode: http`: the address at which Slack reaches Tocsin')
  .action(async ({ http }: { http?: string }) => {
    const { httpManifest, socketManifest } = await import('./config/manifest.ts');
    process.stdout.write(http === undefined ? socketManifest() : httpManifest(http));
  });

addPlaybookCommands(program, { config, offline, print });

/** For people: what happened and what to do; the stack only where it is our own mistake. */
function fail(error: unknown): void {
  const isForPeople = typeof error === 'string' || (error instanceof Error && !(error instanceof TypeError));
  const text = error instanceof Error ? (isForPeople ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`${error instanceof ConfigProblems ? '' : 'tocsin: '}${text}\n`);
  process.exit(1);
}

program.parseAsync().catch(fail);
