/** All cases of runs: each story, and each boundary that its worker comes to, taken from a first playing in which nobody dies. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStatuses, stepStatuses } from '../../../src/domain/run-status.ts';
import type { Surroundings } from '../scene.ts';
import { judged, type Wrong } from './expected.ts';
import { type Played, playRun } from './play.ts';
import { type Story, stories } from './stories.ts';

/** Kinds of effects that only these stories come to. */
export const kindsOfRuns: readonly string[] = ['start_queued', 'tell_parent', 'tell_run_cancelled', 'time_out_step'];

export interface RunResult extends Wrong {
  readonly name: string;
  readonly reached: boolean;
  readonly ms: number;
  readonly log: string;
  readonly states: readonly string[];
}

export async function playStory(around: Surroundings, story: Story, dies?: string): Promise<RunResult> {
  const began = Date.now();
  const played = await playRun(around, { story, ...(dies !== undefined && { dies }) });
  return resultOf(story, played, { dies, began });
}

const resultOf = (
  story: Story,
  played: Played,
  { dies, began }: { readonly dies: string | undefined; readonly began: number },
): RunResult => ({
  ...judged(story, played, dies !== undefined && played.reached),
  name: `${story.name}: ${dies ?? 'nobody is killed'}`,
  reached: played.reached,
  ms: Date.now() - began,
  log: played.log,
  states: played.states,
});

export interface Rehearsed extends RunResult {
  readonly boundaries: readonly string[];
}

/** Nobody is killed; each boundary is written down. */
async function boundariesOf(around: Surroundings, story: Story): Promise<Rehearsed> {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-diary-'));
  const diary = join(dir, 'diary');
  const began = Date.now();
  try {
    await writeFile(diary, '');
    const played = await playRun(around, { story, diary });
    const boundaries = [...new Set((await readFile(diary, 'utf8')).split('\n').filter(Boolean))];
    return { ...resultOf(story, played, { dies: undefined, began }), boundaries };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** How often it looks again depends on the day; that it looks does not. */
const isSure = (boundary: string): boolean => boundary.endsWith('#1') || boundary.includes('act of');

export interface RunCut {
  readonly story: Story;
  readonly dies: string;
}

export interface Matrix {
  readonly cuts: readonly RunCut[];
  readonly unharmed: readonly Rehearsed[];
}

/** What the second worker comes to anyway is no case of its own: each boundary is taken where it is met first. */
export async function matrix(around: Surroundings, wanted: (name: string) => boolean = () => true): Promise<Matrix> {
  const unharmed: Rehearsed[] = [];
  const cuts: RunCut[] = [];
  for (const story of stories.filter(({ name }) => wanted(name))) {
    const rehearsed = await boundariesOf(around, story);
    unharmed.push(rehearsed);
    const mine = rehearsed.boundaries.filter((boundary) => isSure(boundary) && (story.only?.test(boundary) ?? true));
    cuts.push(...mine.map((dies) => ({ story, dies })));
  }
  return { cuts, unharmed };
}

/** States that no case came to, and kinds of effects that nobody died at. */
export function uncovered(results: readonly RunResult[], cuts: readonly RunCut[]): readonly string[] {
  const seen = new Set(results.flatMap(({ states }) => states));
  const states = [...runStatuses.map((status) => `run ${status}`), ...stepStatuses.map((status) => `step ${status}`)];
  const kinds = kindsOfRuns.filter((kind) => !cuts.some(({ dies }) => dies.includes(`claim of ${kind}`)));
  return [...states.filter((state) => !seen.has(state)), ...kinds];
}
