/** `npm run demo`: the whole world on loopback, to play with, or as a story that tells itself (`-- --story`). */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Mode } from './playbooks.ts';
import { type Stage, startStage } from './stage.ts';
import { tellStory } from './story.ts';

const { values, positionals } = parseArgs({
  options: {
    story: { type: 'boolean', default: false },
    'without-ssh-key': { type: 'boolean', default: false },
    dir: { type: 'string' },
  },
  allowPositionals: true,
});

const mode: Mode = positionals.includes('auto') ? 'auto' : 'propose';
const dir = values.dir ?? fileURLToPath(new URL('../../.tocsin/demo', import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

let stage: Stage | undefined;
let ending: Promise<void> | undefined;

const end = (code: number): Promise<void> => {
  ending ??= (async () => {
    await stage?.stop();
    process.exit(code);
  })();
  return ending;
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(values.story ? 130 : 0));

try {
  stage = await startStage({ mode, dir, say, withoutSshKey: values['without-ssh-key'] });
  void stage.bot.ended.then((why) => {
    if (ending !== undefined) return;
    say(why);
    void end(1);
  });
  if (values.story) {
    await tellStory({ mode, stage, say });
    say('The story ended well.');
    await end(0);
  } else say(guide(stage));
} catch (error) {
  say(`It went wrong: ${error instanceof Error ? error.message : String(error)}`);
  if (stage) say(`Tocsin's log: ${stage.logFile}`);
  await end(1);
}

function guide({ urls, environment, envFile }: Stage): string {
  return [
    '',
    `  ${urls.slack}/   the workspace: open it in a browser (a simulator of ours, not Slack)`,
    '',
    '  1. Press *Break the shop* at the lower left. Within ten seconds an incident channel opens.',
    '  2. As Alice: read the card and the graph, type /incident list, acknowledge, run the playbook.',
    '  3. She may not approve her own run. Act as Bob, approve, and see the shop repaired and the incident resolved.',
    '',
    `  Tocsin         ${urls.tocsin}  (/readyz, /metrics)`,
    `  Prometheus     ${environment.prometheusUrl}`,
    `  Alertmanager   ${environment.alertmanagerUrl}`,
    `  For scripts    ${urls.control}/state`,
    `  Command line   . ${relative(process.cwd(), envFile)}; npx tocsin doctor`,
    '',
    'Or let it tell itself: npm run demo -- --story. Ctrl-C ends everything.',
  ].join('\n');
}
