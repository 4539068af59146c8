/** The playbooks that the language was designed by: what this version can do of them loads, and nothing else is complained of. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadPlaybook } from '../../src/playbooks/load.ts';
import { printed } from '../../src/playbooks/problems.ts';
import { actions } from './actions.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const example = (id: string) =>
  loadPlaybook({ file: `${id}.yml`, text: read(`../fixtures/playbooks/${id}.yml`) }, actions);

test('restarting a systemd service loads whole', () => {
  const loaded = example('restart-systemd-service');
  expect('problems' in loaded && loaded.problems.map(printed)).toBe(false);
  expect(loaded).toMatchObject({
    playbook: {
      concurrency: { group: 'host/${{ inputs.host }}', onConflict: 'reject' },
      limits: {
        cooldown: { per: '${{ inputs.host }}/${{ inputs.unit }}', windowMs: 900_000 },
        maxRuns: { per: '${{ inputs.unit }}', count: 3, windowMs: 3_600_000 },
        circuitBreaker: { per: '${{ inputs.unit }}', failures: 2, windowMs: 21_600_000 },
        freeze: [],
      },
      onAlertResolved: 'cancel_pending',
      steps: [
        { id: 'before', effect: 'read' },
        {
          id: 'restart',
          effect: 'idempotent',
          retry: {
            maxAttempts: 2,
            retryOn: ['connect_error'],
            initialMs: 5_000,
            factor: 2,
            maxMs: 30_000,
            jitter: true,
          },
          verify: [{ stableForMs: 20_000 }, { name: 'the probe is green' }],
        },
      ],
      onFailure: [{ id: 'on_failure[0]', action: 'slack.message' }],
    },
  });
});

test('the shipped one is the same', () => {
  const [shipped, designed] = ['../../playbooks', '../fixtures/playbooks'].map((folder) =>
    read(`${folder}/restart-systemd-service.yml`).replace(/^#.*\n/, ''),
  );
  expect(shipped).toBe(designed);
});

test.each(['database-failover', 'rollback-deployment', 'scale-deployment'])(
  'of %s, only what this version cannot do yet is complained of',
  (id) => {
    const loaded = example(id);
    const problems = 'problems' in loaded ? loaded.problems : [];
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.filter(({ code }) => code !== 'not_supported_yet').map(printed)).toEqual([]);
  },
);
