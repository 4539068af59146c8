/** What a process does is said by its roles and pools: in the file, in the environment, or where it is started. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigProblems } from '../../src/config/problems.ts';
import { ownHosts, poolProblems, worksOf } from '../../src/pools.ts';
import { rehearsedActions } from '../../src/rehearsal/setting.ts';
import { loadedFrom } from '../support/scenario.ts';

const dir = mkdtempSync(join(tmpdir(), 'tocsin-pools-'));
afterAll(() => rmSync(dir, { recursive: true }));

const host = (name: string, more = ''): string =>
  `{name: ${name}, address: 10.0.0.7, user: tocsin, private_key: keys/${name}, host_key: "SHA256:${'A'.repeat(43)}"${more}}`;
const text = `redis: {url: "redis://10.0.0.1:6379"}
process: {roles: "\${env:TOCSIN_ROLES:-}", pools: "\${env:TOCSIN_POOLS:-}"}
pools: [us-prod]
inventory: [${host('eu-1', ', pool: eu-prod')}, ${host('shop-1')}]
`;
const file = join(dir, 'tocsin.yml');
const tokens = { TOCSIN_SLACK_BOT_TOKEN: 'xoxb-0123456789', TOCSIN_SLACK_APP_TOKEN: 'xapp-0123456789' };

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
  readonly yml?: string;
}

function load({ env = tokens, overrides = {}, yml = text }: Given = {}) {
  writeFileSync(file, yml);
  return loadConfig({ env, file, overrides });
}

function problems(given: Given): readonly string[] {
  try {
    load(given);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigProblems)) throw error;
    return error.problems.map(({ where, code, message }) => `${where}  ${code}  ${message}`);
  }
}

describe('a process', () => {
  test.each`
    roles               | pools                | does                                               | reaches
    ${undefined}        | ${undefined}         | ${{ shared: true, pools: ['default'] }}            | ${['shop-1']}
    ${'gateway'}        | ${undefined}         | ${{ shared: true, pools: [] }}                     | ${[]}
    ${'worker'}         | ${undefined}         | ${{ shared: true, pools: ['default'] }}            | ${['shop-1']}
    ${'worker'}         | ${'eu-prod'}         | ${{ shared: false, pools: ['eu-prod'] }}           | ${['eu-1']}
    ${'worker'}         | ${'eu-prod,default'} | ${{ shared: true, pools: ['eu-prod', 'default'] }} | ${['eu-1', 'shop-1']}
    ${'gateway,worker'} | ${'us-prod'}         | ${{ shared: true, pools: ['us-prod'] }}            | ${[]}
  `(
    'with roles $roles and pools $pools does $does and needs the keys of $reaches',
    ({ roles, pools, does, reaches }) => {
      const env = { ...tokens, ...(roles && { TOCSIN_ROLES: roles }), ...(pools && { TOCSIN_POOLS: pools }) };
      const config = load({ env });
      expect(worksOf(config)).toEqual(does);
      expect(ownHosts(config).map(({ name }) => name)).toEqual(reaches);
      expect(config.pools).toEqual(['default', 'eu-prod', 'us-prod']);
    },
  );

  test('that is only a worker needs no token to listen to people', () => {
    const { TOCSIN_SLACK_APP_TOKEN: _, ...env } = tokens;
    expect(load({ env, overrides: { 'process.roles': 'worker' } }).process.roles).toEqual(['worker']);
    expect(problems({ env })).toEqual([expect.stringMatching(/^TOCSIN_SLACK_APP_TOKEN {2}not_set/)]);
  });

  test.each([
    [
      { overrides: { 'process.roles': 'worker', 'process.pools': 'eu-prd' } },
      '--pool  unknown_pool  There is no pool `eu-prd`: no host is in it, and `pools` does not name it (there: default, eu-prod, us-prod). Did you mean `eu-prod`?',
    ],
    [
      { overrides: { 'process.roles': 'gateway', 'process.pools': 'eu-prod' } },
      '--pool  bad_value  Pools are what a worker works for, and this process is none: add the role `worker`, or name no pool.',
    ],
    [
      { overrides: { 'process.roles': 'worker' }, yml: 'pools: [eu]' },
      '--role  no_shared_redis  A process that is only worker works together with others: name the Redis that they share in `redis.url`.',
    ],
    [{ overrides: { 'process.roles': 'wroker' } }, expect.stringContaining('Roles are `gateway` and `worker`.')],
    [{ yml: `${text}`.replace('us-prod', 'US prod') }, expect.stringContaining('Write a name of small letters')],
  ])('started with %j hears %s', (given, said) => {
    expect(problems(given)).toEqual([said]);
  });
});

describe('a playbook', () => {
  const actions = rehearsedActions(['eu-1', 'shop-1']);
  const said = (step: string): readonly string[] => {
    const playbook = loadedFrom(
      `schema: playbook/v1\nid: mend\nname: Mend\nowners: [sre]\ntriggers: [{manual: {roles: [sre]}}]\nfailure_strategy: rollback\nsteps:\n  - ${step}\n`,
      actions,
    );
    return poolProblems(playbook, load(), actions);
  };

  test.each([
    ['{id: a, action: ssh.exec, pool: us-prod, with: {host: shop-1, argv: [w]}}', []],
    ['{id: a, action: ssh.exec, pool: eu-prod, with: {host: eu-1, argv: [w]}}', []],
    [
      '{id: a, action: ssh.exec, pool: eu-prd, with: {host: eu-1, argv: [w]}}',
      [
        'playbook `mend`: step `a` names the pool `eu-prd`, and no host of tocsin.yml is in it, nor does `pools` name it (there: default, eu-prod, us-prod). Did you mean `eu-prod`? Nobody would ever perform it.',
      ],
    ],
    [
      '{id: a, action: ssh.exec, with: {host: shop-1, argv: [w]}, rollback: [{action: ssh.exec, pool: us-prod, with: {host: eu-1, argv: [w]}}]}',
      [
        'playbook `mend`: step `rollback[0]`: the step is for the pool `us-prod`, and its host eu-1 is in the pool `eu-prod`. Leave `pool` out, or correct it.',
      ],
    ],
    [
      '{id: a, pool: mars, parallel: [{id: b, action: ssh.exec, with: {host: shop-1, argv: [w]}}, {id: c, action: ssh.exec, pool: us-prod, with: {host: shop-1, argv: [w]}}]}',
      [
        expect.stringContaining('step `a` names the pool `mars`'),
        expect.stringContaining('step `b` names the pool `mars`'),
      ],
    ],
  ])('with %s: %j', (step, problems) => {
    expect(said(step)).toEqual(problems);
  });
});
