/** Some of the crash cases of runs, so that each run of the tests has some; `npm run test:crash` plays them all. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { playStory } from './runs/matrix.ts';
import { stories } from './runs/stories.ts';
import { type Surroundings, startSurroundings } from './scene.ts';

const longMs = 120_000;

let around: Surroundings;
beforeAll(async () => {
  around = await startSurroundings();
});
afterAll(() => around.stop());

const named = (name: string) => {
  const story = stories.find((candidate) => candidate.name === name);
  if (!story) throw new Error(`There is no story ${name}.`);
  return story;
};

describe.each([
  { name: 'classes', dies: 'after act of ssh.exec #1' },
  { name: 'classes', dies: 'after act of ssh.exec #2' },
  { name: 'classes', dies: 'before act of ssh.script #1' },
  { name: 'people', dies: 'after write of beginning run_step switch #1' },
  { name: 'groups', dies: 'after act of ssh.exec #2' },
  { name: 'undo', dies: 'after act of ssh.exec #2' },
  { name: 'family', dies: 'before write of tell_parent #1' },
])('$name, killed $dies', ({ name, dies }) => {
  test('loses nothing, does nothing twice, and ends', { timeout: longMs }, async () => {
    const { lost, doubled, reached } = await playStory(around, named(name), dies);
    expect({ lost, doubled, reached }).toEqual({ lost: [], doubled: [], reached: true });
  });
});
