/** A few of the crash tests' boundaries, so that each run of the tests has some; `npm run test:crash` plays them all. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { calls } from './calls.ts';
import { play } from './case.ts';
import { controls } from './controls.ts';
import { cutNamed, kindsOfStory } from './cuts.ts';
import { type Surroundings, startSurroundings } from './scene.ts';

const longMs = 120_000;

let around: Surroundings;
beforeAll(async () => {
  around = await startSurroundings();
});
afterAll(() => around.stop());

test('the story comes to every kind of effect and to every call of Slack that has a case, and to no other', {
  timeout: longMs,
}, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-diary-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const [diary, callDiary] = [join(dir, 'effects'), join(dir, 'calls')];
  const { lost, doubled } = await play(around, { diary, callDiary });
  expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
  expect(await linesOf(diary)).toEqual([...kindsOfStory].sort());
  expect(await linesOf(callDiary)).toEqual([...calls].sort());
});

const linesOf = async (file: string): Promise<readonly string[]> =>
  [...new Set((await readFile(file, 'utf8')).split('\n').filter(Boolean))].sort();

describe.concurrent.each([
  'inbox/after_202',
  'click/after_commit',
  'open_channel/after_act',
  'post_card/after_act',
  'upload_picture/after_act',
  'tell_run/after_claim',
  'run_step/after_act',
  'run_step(switch)/after_act',
  'openChannel>conversations.create/answered',
  'upload>upload/answered',
  'upload>files.completeUploadExternal/answered',
])('killed at %s', (name) => {
  test('Tocsin loses nothing and does nothing twice', { timeout: longMs }, async () => {
    const { lost, doubled, reached } = await play(around, { cut: cutNamed(name) });
    expect({ lost, doubled, reached }).toEqual({ lost: [], doubled: [], reached: true });
  });
});

describe.concurrent.each(controls)('$what', (control) => {
  test('is found out', { timeout: longMs }, async () => {
    const found = await play(around, control);
    expect(found[control.finds]).not.toEqual([]);
  });
});
