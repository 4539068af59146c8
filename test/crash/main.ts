/** `npm run test:crash`: every boundary, one kill each; the last line says what was lost and what was doubled. */
import { checkModel } from '../engine/model.ts';
import { type Case, play, type Result } from './case.ts';
import { controls } from './controls.ts';
import { byDesign } from './count.ts';
import { cuts, nameOf } from './cuts.ts';
import { matrix, playStory, uncovered } from './runs/matrix.ts';
import { type Surroundings, startSurroundings } from './scene.ts';

const atOnce = Number(optionOf('--at-once') ?? 3);
const wanted = optionOf('--only') ?? '';
const isVerbose = process.argv.includes('--verbose');

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function optionOf(option: string): string | undefined {
  const at = process.argv.indexOf(option);
  return at < 0 ? undefined : process.argv[at + 1];
}

type Outcome = Pick<Result, 'name' | 'lost' | 'doubled' | 'reached' | 'ms' | 'log'>;

async function playAll<Played extends Outcome>(cases: readonly (() => Promise<Played>)[]): Promise<readonly Played[]> {
  const left = [...cases];
  const results: Played[] = [];
  const player = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      const result = await next();
      results.push(result);
      say(lineOf(result, `${results.length}/${cases.length}`));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, player));
  return results;
}

/** Runs: each story, and each boundary of its worker. Without `--only`, a state that no case came to is a failure. */
async function playRuns(
  around: Surroundings,
): Promise<{ readonly results: readonly Outcome[]; readonly isWhole: boolean }> {
  const { cuts: all, unharmed } = await matrix(around);
  for (const one of unharmed) say(lineOf(one, 'unharmed'));
  const cases = all.filter(({ story, dies }) => `${story.name}: ${dies}`.includes(wanted));
  const harmed = await playAll(
    cases.map(
      ({ story, dies }) =>
        () =>
          playStory(around, story, dies),
    ),
  );
  const missing = wanted === '' ? uncovered([...unharmed, ...harmed], all) : [];
  if (missing.length) say(`No case came to: ${missing.join(', ')}`);
  return { results: [...unharmed, ...harmed], isWhole: missing.length === 0 };
}

function lineOf({ name, lost, doubled, reached, ms, log }: Outcome, at: string): string {
  const wrong = [
    ...lost.map((what) => `    lost: ${what}`),
    ...doubled.map((what) => `    doubled: ${what}`),
    ...(reached ? [] : ['    never reached: the story does not come to this boundary']),
  ];
  const head = `${at.padStart(8)}  ${wrong.length ? 'WRONG' : 'well '}  ${(ms / 1000).toFixed(1).padStart(5)} s  ${name}`;
  return [head, ...wrong, ...(wrong.length || isVerbose ? [log.slice(-3_000)] : [])].join('\n');
}

async function controlled(around: Surroundings): Promise<boolean> {
  const results = await Promise.all(
    controls.map(async (control) => ({ control, result: await play(around, control) })),
  );
  for (const { control, result } of results) {
    const found = result[control.finds];
    say(`  control  ${found.length ? 'found out' : 'NOT SEEN'}: ${control.what} (${found[0] ?? 'nothing seen'})`);
  }
  return results.every(({ control, result }) => result[control.finds].length > 0);
}

const sequences = 10_000;

async function main(): Promise<number> {
  if (wanted === '') {
    const seed = Date.now() % 2 ** 31;
    await checkModel(sequences, seed);
    say(`    model  ${sequences} sequences of webhooks end as the model says (seed ${seed})`);
  }
  const cases: readonly Case[] = cuts.filter((cut) => nameOf(cut).includes(wanted)).map((cut) => ({ cut }));
  const around = await startSurroundings();
  try {
    const isSharp = wanted !== '' || (await controlled(around));
    const stories = await playAll(cases.map((one) => () => play(around, one)));
    const runs = await playRuns(around);
    const results: readonly Outcome[] = [...stories, ...runs.results];
    for (const exception of byDesign) say(`  by design  ${exception}`);
    const sum = (list: 'lost' | 'doubled') => results.reduce((total, result) => total + result[list].length, 0);
    const unreached = results.filter(({ reached }) => !reached);
    if (unreached.length) say(`No case came to: ${unreached.map(({ name }) => name).join(', ')}`);
    say(`${results.length} cases, ${sum('lost')} lost, ${sum('doubled')} doubled`);
    return isSharp && runs.isWhole && !unreached.length && sum('lost') + sum('doubled') === 0 ? 0 : 1;
  } finally {
    await around.stop();
  }
}

process.exitCode = await main();
