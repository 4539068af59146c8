/** `tocsin playbook …`: the commands; what they do is loaded when one is called. */
import type { Command } from 'commander';
import type { Answering, Backtrying, Setup, Trying } from './playbook-tools.ts';

const folder = 'playbooks';
const tools = () => import('./playbook-tools.ts');

export function addPlaybookCommands(program: Command, setup: Setup): void {
  const playbook = program.command('playbook').description('writes, tests and tries playbooks');
  playbook
    .command('lint')
    .argument('[paths...]', 'files and folders', [folder])
    .description('everything that is wrong with them, as file:line:column; exit code 1 where anything is')
    .action(async (paths: string[]) => (await tools()).lint(setup, paths));
  playbook
    .command('test')
    .argument('[paths...]', '*.test.yml files and folders', [folder])
    .description('plays the cases of *.test.yml; exit code 1 where one is not as expected')
    .action(async (paths: string[]) => (await tools()).test(setup, paths));
  playbook
    .command('schema')
    .description('the JSON Schema for editors')
    .option('--tests', 'the one of *.test.yml')
    .action(async (options: { tests?: boolean }) => (await tools()).schema(setup, options));
  tried(playbook.command('plan'), 'what would run, rendered, with its digest; nothing is done')
    .option('--json', 'as JSON, for programs')
    .action(async (id: string, options: Trying) => (await tools()).plan(setup, id, options));
  tried(playbook.command('run'), 'runs a playbook from here')
    .requiredOption('--dry-run', 'reads for real, and of each change says only what it would do')
    .option('-a, --answer <step=value...>', 'an answer to a question (`action: ask`)', [])
    .action(async (id: string, options: Answering) => (await tools()).tryOut(setup, id, options));
  playbook
    .command('backtest')
    .argument('<id>', 'the playbook')
    .option('--since <time>', 'the alerts that Tocsin has stored, from so long ago on', '30d')
    .option('--bodies <folder>', 'instead: recorded webhook bodies of Alertmanager, *.json')
    .option('--assume <ending>', 'how every run is taken to have ended: succeeded or failed', 'succeeded')
    .description('how often it would have started, and what its limits would have refused')
    .action(async (id: string, options: Backtrying) => (await tools()).backtry(setup, id, options));
}

const tried = (command: Command, description: string): Command =>
  command
    .argument('<id>', 'the playbook')
    .option('--alert <file>', 'the alert: a recorded webhook, or a JSON file with labels')
    .option('-i, --input <name=value...>', 'an input', [])
    .description(description);
