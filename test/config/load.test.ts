// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of tocsin.yml
/** The configuration: what a person writes, and what they are told when it is wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { secretsOf } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigProblems } from '../../src/config/problems.ts';

const slack = { TOCSIN_SLACK_BOT_TOKEN: 'xoxb-1-abcdefgh', TOCSIN_SLACK_APP_TOKEN: 'xapp-1-abcdefgh' };
const token = 'a-token-of-alertmanager';
const env = { ...slack, TOCSIN_ALERTMANAGER_TOKEN: token };
const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPNvmqzCBz1dzFGl5oRrXZH9Z7bD0m7t5y0Qq3cK1v2x';
const minimal = `
sources:
  alertmanager:
    bearer: \${env:TOCSIN_ALERTMANAGER_TOKEN}
services:
  shop:
    channel: "#shop-alerts"
roles:
  responder:
    groups: [sre-oncall]
`;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tocsin-config-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function load(text: string, more: { env?: Record<string, string>; overrides?: Record<string, string> } = {}) {
  const file = join(dir, 'tocsin.yml');
  writeFileSync(file, text);
  return loadConfig({ env, file, ...more });
}

function problems(...args: Parameters<typeof load>): string[] {
  try {
    load(...args);
  } catch (error) {
    if (error instanceof ConfigProblems) return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
}

describe('a configuration that is right', () => {
  test('ten lines are enough', () => {
    const config = load(minimal);
    expect(config.http).toEqual({ host: '127.0.0.1', port: 8080 });
    expect(config.redis).toEqual({ kind: 'embedded', folder: join(dir, '.tocsin/redis') });
    expect(config.policy).toMatchObject({
      graceMs: 300_000,
      joinWindowMs: 600_000,
      closeAfterMs: 3_600_000,
      serviceLabel: 'service',
    });
    expect(config.policy.services).toEqual([
      { name: 'shop', channel: '#shop-alerts', invite: [], inviteGroups: [], links: [] },
    ]);
    expect(config.sources.alertmanager).toMatchObject({ kind: 'alertmanager', secret: { bearer: token } });
    expect(config.prometheus).toBeUndefined();
    expect(Object.isFrozen(config.policy.services[0])).toBe(true);
  });

  test('the example of this repository is one', () => {
    const config = loadConfig({
      env: {
        ...env,
        TOCSIN_SHOP_SSH_HOST_KEY: hostKey,
        TOCSIN_HTTP_PORT: '9',
        TOCSIN_RESPONDERS: 'U1, U2',
        TOCSIN_GRACE: '3s',
      },
      file: new URL('../../tocsin.yml', import.meta.url).pathname,
    });
    expect(config.http.port).toBe(9);
    expect(config.policy.graceMs).toBe(3000);
    expect(config.roles.responder).toEqual({ users: ['U1', 'U2'], groups: ['sre-oncall'] });
    expect(config.inventory[0]).toMatchObject({ name: 'shop-1', port: 22, hostKey });
    expect(config.slack.apiUrl).toBeUndefined();
  });

  test('a secret may stand in a file that NAME_FILE names', () => {
    writeFileSync(join(dir, 'token'), 'from-a-mounted-file\n');
    const config = load(minimal, { env: { ...slack, TOCSIN_ALERTMANAGER_TOKEN_FILE: join(dir, 'token') } });
    expect(config.sources.alertmanager?.secret).toEqual({ bearer: 'from-a-mounted-file' });
  });

  test('an override is stronger than the file', () => {
    expect(load('http: {port: 1}', { overrides: { 'http.port': '0' } }).http.port).toBe(0);
  });

  test('a value from the environment is data, whatever is in it', () => {
    const config = load('blobs: {folder: "/x/${env:F}"}', {
      env: { ...env, F: 'a: [b, ${env:TOCSIN_ALERTMANAGER_TOKEN}]' },
    });
    expect(config.blobs.folder).toBe('/x/a: [b, ${env:TOCSIN_ALERTMANAGER_TOKEN}]');
  });

  test('nothing that prints it shows a secret', () => {
    const config = load(`${minimal}redis: {url: "\${env:R}"}`, { env: { ...env, R: 'redis://:redis-password@h' } });
    const printed = `${inspect(config, { depth: 9, showHidden: false })}${JSON.stringify(config)}${config.slack.botToken}`;
    expect(secretsOf(config)).toContain('redis-password');
    for (const secret of secretsOf(config)) expect(printed).not.toContain(secret);
    expect(config.slack.botToken.reveal()).toBe(slack.TOCSIN_SLACK_BOT_TOKEN);
  });
});

describe('a configuration that is wrong', () => {
  test('says all that is wrong at once, each with its place', () => {
    const text = ['http:', '  prot: 1', '  port: 99999', 'incidents:', '  grace: soon', 'playboks: {}'].join('\n');
    expect(problems(text).sort()).toEqual([
      expect.stringMatching(
        /^tocsin\.yml:2:3 {2}unknown_key {2}`prot` is not a key of `http`\. Did you mean `port`\?$/,
      ),
      expect.stringMatching(/^tocsin\.yml:3:9 {2}bad_value {2}`http\.port`: /),
      expect.stringMatching(/^tocsin\.yml:5:10 {2}bad_value {2}`incidents\.grace`: Write a time like/),
      expect.stringMatching(/^tocsin\.yml:6:1 {2}unknown_key {2}.* Did you mean `playbooks`\?$/),
    ]);
  });

  test.each`
    what                                    | text                                                                  | problem
    ${'a variable that is not set'}         | ${'sources: {a: {bearer: "${env:NOPE}"}}'}                            | ${/^NOPE {2}not_set {2}sources\.a\.bearer \(tocsin\.yml:1:23\) takes its value from it\. Set NOPE, or NOPE_FILE/}
    ${'a placeholder that is none'}         | ${'log: {level: "${env.LEVEL}"}'}                                     | ${/^tocsin\.yml:1:14 {2}bad_placeholder/}
    ${'a source that anybody may use'}      | ${'sources: {am: {}}'}                                                | ${/^tocsin\.yml:1:15 {2}no_authentication {2}Anybody could send alerts here\. Give `bearer: \$\{env:TOCSIN_AM_TOKEN\}`/}
    ${'a secret in the file'}               | ${'sources: {am: {bearer: secret-in-the-file}}'}                      | ${/^tocsin\.yml:1:24 {2}secret_in_file/}
    ${'a key of history in the file'}       | ${'history: {key: a-key-for-everybody-to-read}'}                      | ${/^tocsin\.yml:1:16 {2}secret_in_file/}
    ${'a secret that can be guessed'}       | ${'sources: {am: {bearer: "${env:X:-short}"}}'}                       | ${/^tocsin\.yml:1:24 {2}bad_value {2}The secret is shorter than 12/}
    ${'a token of the wrong kind'}          | ${'slack: {bot_token: "${env:TOCSIN_SLACK_APP_TOKEN}"}'}              | ${/This is no bot token: it begins with `xoxb-`/}
    ${'a route to nowhere'}                 | ${'routes: [{match: [], service: shpo}]'}                             | ${/^tocsin\.yml:1:31 {2}unknown_service {2}There is no service `shpo`/}
    ${'a matcher that is none'}             | ${'routes: [{match: ["severity"]}]'}                                  | ${/^tocsin\.yml:1:19 {2}bad_value/}
    ${'a link whose host a label could be'} | ${'services: {a: {links: [{title: x, url: "https://{{host}}/"}]}}'}   | ${/host_not_constant/}
    ${'a link that hides its host'}         | ${'services: {a: {links: [{title: x, url: "https://a@{{host}}/"}]}}'} | ${/host_not_constant/}
    ${'a script as a link'}                 | ${'services: {a: {links: [{title: x, url: "javascript:alert(1)"}]}}'} | ${/host_not_constant/}
    ${'a host without its key'}             | ${'inventory: [{name: a, address: b, user: c, private_key: d}]'}      | ${/^tocsin\.yml:1:13 {2}missing {2}`inventory\.0\.host_key` is missing/}
    ${'a host twice'}                       | ${`inventory: [${host('a')}, ${host('a')}]`}                          | ${/twice/}
    ${'a Redis that is none'}               | ${'redis: {url: "localhost:6379"}'}                                   | ${/bad_value {2}Write redis:\/\/host:6379/}
    ${'no YAML at all'}                     | ${'http: [1'}                                                         | ${/^tocsin\.yml:1:9 {2}bad_yaml/}
    ${'a key twice'}                        | ${'http: {}\nhttp: {}'}                                               | ${/^tocsin\.yml:2:1 {2}bad_yaml {2}Map keys must be unique/}
  `('$what', ({ text, problem }) => {
    const found = problems(text);
    expect(found.join('\n')).toMatch(problem);
    expect(found).toHaveLength(1);
  });

  test('a missing token of Slack is named by its variable', () => {
    expect(problems(minimal, { env: { TOCSIN_ALERTMANAGER_TOKEN: token } })).toEqual([
      expect.stringMatching(/^TOCSIN_SLACK_BOT_TOKEN {2}not_set/),
      expect.stringMatching(/^TOCSIN_SLACK_APP_TOKEN {2}not_set/),
    ]);
  });

  test('each mode of Slack needs its own secret, and does not ask for the other', () => {
    const http = `${minimal}slack: {mode: "\${env:TOCSIN_SLACK_MODE:-socket}"}\n`;
    const bot = { TOCSIN_SLACK_BOT_TOKEN: 'xoxb-1-abcdefgh', TOCSIN_ALERTMANAGER_TOKEN: token };
    expect(problems(http, { env: bot })).toEqual([expect.stringMatching(/not_set {2}`slack\.mode: socket` needs it/)]);
    const mode = { ...bot, TOCSIN_SLACK_MODE: 'http' };
    expect(problems(http, { env: mode })).toEqual([
      expect.stringMatching(/not_set {2}`slack\.mode: http` needs it: .*Set TOCSIN_SLACK_SIGNING_SECRET/),
    ]);
    expect(problems(`${minimal}slack: {mode: http}\n`, { env: bot })).toEqual([
      expect.stringMatching(/^TOCSIN_SLACK_SIGNING_SECRET {2}not_set/),
    ]);
    const config = load(http, { env: { ...mode, TOCSIN_SLACK_SIGNING_SECRET: 'a-signing-secret' } });
    expect(config.slack.mode).toBe('http');
    expect(secretsOf(config)).toContain('a-signing-secret');
  });

  test('a value and its file at once is said, and so is a file that is not there', () => {
    const both = { ...env, TOCSIN_ALERTMANAGER_TOKEN_FILE: '/x' };
    expect(problems(minimal, { env: both })).toEqual([
      expect.stringMatching(/^TOCSIN_ALERTMANAGER_TOKEN {2}set_twice/),
    ]);
    const gone = { ...slack, TOCSIN_ALERTMANAGER_TOKEN_FILE: join(dir, 'gone') };
    expect(problems(minimal, { env: gone })).toEqual([
      expect.stringMatching(/^TOCSIN_ALERTMANAGER_TOKEN_FILE {2}unreadable {2}.*ENOENT/),
    ]);
  });

  test('a file that is not there says what to do', () => {
    expect(() => loadConfig({ env, file: join(dir, 'no.yml') })).toThrow(/no_file.*Copy the example tocsin\.yml there/);
  });

  test('an override that is wrong is named as one', () => {
    expect(problems('', { overrides: { 'http.port': 'x' } })).toEqual([
      expect.stringMatching(/^--set http\.port {2}bad_value/),
    ]);
  });
});

function host(name: string): string {
  return `{name: ${name}, address: b, user: c, private_key: d, host_key: "${hostKey}"}`;
}

describe('what guards', () => {
  test('has defaults: a fifth of a service’s hosts in an hour, and `auto` while half of the last ten went well', () => {
    expect(load(minimal).policy.guardrails).toEqual({
      blastRadius: { percent: 20, windowMs: 3_600_000, atLeast: 1 },
      overrideRoles: [],
      efficacy: { atLeast: 0.5, ofLast: 10 },
      hosts: [],
    });
    expect(load(minimal).policy).toMatchObject({ permissions: {}, roles: ['responder'] });
  });

  test('is read as it is written', () => {
    writeFileSync(join(dir, 'db.ics'), 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n');
    const config = load(`${minimal}
permissions: {resume: [responder], stop: []}
policy: {allow: [{host: "shop-*"}, {cluster: [eu, us], namespace: [shop]}]}
guardrails:
  blast_radius: {percent: 50, window: 30m, at_least: 2}
  override_roles: [responder]
  efficacy: {at_least: 0.8, of_last: 5}
calendars:
  db: {ics: db.ics, timezone: Europe/Berlin}
  nights: {weekly: ["mon-fri 17:00-09:00", "sat-sun"], timezone: Europe/Berlin}
inventory:
  - {name: shop-1, service: shop, address: 127.0.0.1, user: t, private_key: k, host_key: ${hostKey}}
  - {name: other, address: 127.0.0.1, user: t, private_key: k, host_key: ${hostKey}}
`);
    expect(config.policy.guardrails).toEqual({
      blastRadius: { percent: 50, windowMs: 1_800_000, atLeast: 2 },
      overrideRoles: ['responder'],
      efficacy: { atLeast: 0.8, ofLast: 5 },
      allow: [{ host: ['shop-*'] }, { cluster: ['eu', 'us'], namespace: ['shop'] }],
      hosts: [
        { name: 'shop-1', service: 'shop', at: `t@127.0.0.1:22 ${hostKey}` },
        { name: 'other', service: '', at: `t@127.0.0.1:22 ${hostKey}` },
      ],
    });
    expect(config.policy.permissions).toEqual({ resume: ['responder'], stop: [] });
    expect(config.calendars).toMatchObject({
      db: { kind: 'ics', file: join(dir, 'db.ics'), timezone: 'Europe/Berlin' },
      nights: { kind: 'weekly', timezone: 'Europe/Berlin', hours: [{ from: 1020 }, { days: [6, 0] }] },
    });
  });

  test.each`
    what                    | text                                                                                                   | problem
    ${'no such role'}       | ${'permissions: {resume: [boss]}'}                                                                     | ${/^tocsin\.yml:11:\d+ {2}unknown_role {2}There is no role `boss`.+responder/}
    ${'no such role'}       | ${'guardrails: {override_roles: [boss]}'}                                                              | ${/unknown_role {2}There is no role `boss`/}
    ${'no such permission'} | ${'permissions: {resme: [responder]}'}                                                                 | ${/unknown_key .+Did you mean `resume`/}
    ${'no such service'}    | ${`inventory: [{name: a, service: shp, address: a, user: t, private_key: k, host_key: "${hostKey}"}]`} | ${/unknown_service {2}There is no service `shp`/}
    ${'too much'}           | ${'guardrails: {blast_radius: {percent: 200}}'}                                                        | ${/bad_value {2}`guardrails\.blast_radius\.percent`/}
    ${'nothing to fit'}     | ${'policy: {allow: [{host: []}]}'}                                                                     | ${/bad_value {2}`policy\.allow/}
    ${'both kinds'}         | ${'calendars: {a: {ics: a.ics, weekly: [sun], timezone: UTC}}'}                                        | ${/bad_calendar {2}Give either `ics/}
    ${'neither kind'}       | ${'calendars: {a: {timezone: UTC}}'}                                                                   | ${/bad_calendar {2}Give either `ics/}
    ${'unclear hours'}      | ${'calendars: {a: {weekly: [sundays], timezone: UTC}}'}                                                | ${/bad_calendar {2}Write `sat-sun` or .+ not `sundays`/}
    ${'no zone'}            | ${'calendars: {a: {weekly: [sun]}}'}                                                                   | ${/bad_calendar {2}Weekly hours need a `timezone`/}
    ${'no such zone'}       | ${'calendars: {a: {weekly: [sun], timezone: Berlin}}'}                                                 | ${/bad_value {2}`calendars\.a\.timezone`: Write a zone/}
    ${'no such file'}       | ${'calendars: {a: {ics: none.ics}}'}                                                                   | ${/bad_calendar .+none\.ics cannot be read as an iCalendar file: ENOENT/}
    ${'no calendar'}        | ${'calendars: {a: {ics: tocsin.yml}}'}                                                                 | ${/bad_calendar .+tocsin\.yml cannot be read as an iCalendar file/}
  `('$what: $text', ({ text, problem }) => {
    expect(problems(`${minimal}${text}\n`)).toEqual([expect.stringMatching(problem)]);
  });
});
