/** The story as a test: real Prometheus, Alertmanager, sshd and Redis, real Bolt against the simulated workspace. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Mode } from '../../src/demo/playbooks.ts';
import { type Stage, startStage } from '../../src/demo/stage.ts';
import { tellStory } from '../../src/demo/story.ts';

const longMs = 180_000;

let stage: Stage | undefined;
let dir = '';
const said: string[] = [];

afterEach(async () => {
  await stage?.stop();
  stage = undefined;
  await rm(dir, { recursive: true, force: true });
});

async function told(mode: Mode, more: { readonly withoutSshKey?: boolean } = {}): Promise<void> {
  dir = await mkdtemp(join(tmpdir(), 'tocsin-story-'));
  said.length = 0;
  const say = (line: string): void => void said.push(line);
  stage = await startStage({ mode, dir, say, ...more });
  await tellStory({ mode, stage, say });
}

test('a broken shop becomes a channel, an approved restart over SSH, and a resolved incident', {
  timeout: longMs,
}, async () => {
  await told('propose');
  expect(said.join('\n')).toMatch(/Bob approves.*sshd let Tocsin in.*healthy again.*Resolved/s);
});

test('with `mode: auto` nobody needs to click', { timeout: longMs }, async () => {
  await told('auto');
  expect(said.join('\n')).not.toContain('Bob');
});

test('without the SSH key the story fails, and says why', { timeout: longMs }, async () => {
  await expect(told('auto', { withoutSshKey: true })).rejects.toThrow(/the run went wrong[\s\S]*key/);
});
