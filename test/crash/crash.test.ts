/** A few of the crash tests' boundaries, so that each run of the tests has some; `npm run test:crash` plays them all. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { effectKinds } from '../../src/engine/perform.ts';
import { play } from './case.ts';
import { controls } from './controls.ts';
import { cutNamed } from './cuts.ts';
import { type Surroundings, startSurroundings } from './scene.ts';

const longMs = 120_000;

let around: Surroundings;
beforeAll(async () => {
  around = await startSurroundings();
});
afterAll(() => around.stop());

test('the story comes to every kind of effect that there is', { timeout: longMs }, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tocsin-diary-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const diary = join(dir, 'diary');
  const { lost, doubled } = await play(around, { diary });
  expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
  const begun = new Set((await readFile(diary, 'utf8')).split('\n').filter(Boolean));
  expect([...begun].sort()).toEqual([...effectKinds].sort());
});

describe.concurrent.each([
  'inbox/after_202',
  'click/after_commit',
  'open_channel/after_act',
  'post_card/after_act',
  'upload_picture/after_act',
  'tell_run/after_claim',
  'run_step/after_act',
  'run_step(switch)/after_act',
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
