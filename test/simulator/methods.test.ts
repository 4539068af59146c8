/** Every method of the simulator's table, every error it lists, provoked; and no case beyond the table. */
import { afterEach, describe, expect, test } from 'vitest';
import { HANDLERS } from '../../src/simulator/methods/index.ts';
import { argSpecs } from '../../src/simulator/rules/args.ts';
import { PER_MINUTE } from '../../src/simulator/rules/limits.ts';
import { errorsOf, METHODS } from '../../src/simulator/rules/methods.ts';
import { chat } from './cases/chat.ts';
import { conversations } from './cases/conversations.ts';
import { files } from './cases/files.ts';
import { marks } from './cases/marks.ts';
import { people } from './cases/people.ts';
import { views } from './cases/views.ts';
import { type Case, type Cases, openStage, type Stage } from './support/stage.ts';
import { type Json, wideManifest } from './support/workspace.ts';

const CASES: Cases = { ...people, ...conversations, ...chat, ...views, ...marks, ...files };
const methods = Object.keys(METHODS);
/** Provoked below for every method alike. */
const FOR_ALL = [
  'not_authed',
  'invalid_auth',
  'not_allowed_token_type',
  'invalid_arguments',
  'missing_scope',
  'ratelimited',
];

let stage: Stage | undefined;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

const open = async (options = {}) => {
  stage = await openStage(options);
  return stage;
};
const tokenFor = (slack: Stage, method: string) => (METHODS[method]?.token === 'app' ? slack.appToken : slack.botToken);
const okArgs = (method: string, slack: Stage) => CASES[method]?.ok(slack) ?? {};

test('the table, the handlers and the cases name the same methods', () => {
  expect(methods.length).toBeGreaterThan(40);
  expect(Object.keys(HANDLERS).sort()).toEqual([...methods].sort());
  expect(Object.keys(CASES).sort()).toEqual([...methods].sort());
});

test.each(methods)('%s has a case for every error that the table lists, and for no other', (method) => {
  const listed = errorsOf(method).filter((code) => !FOR_ALL.includes(code));
  expect(Object.keys(CASES[method]?.errors ?? {}).sort()).toEqual([...listed].sort());
});

describe.each(methods)('%s', (method) => {
  test('answers ok to a good call', async () => {
    const slack = await open();
    const args = await okArgs(method, slack);
    expect(await slack.call(method, args, tokenFor(slack, method))).toMatchObject({ ok: true, status: 200 });
  });

  test.each(Object.entries(CASES[method]?.errors ?? {}))('refuses with %s', async (code, given: Case) => {
    const { options, prepare } =
      typeof given === 'function' ? { options: {}, prepare: given } : { options: given.options, prepare: given.given };
    const slack = await open(options);
    const args = await prepare(slack);
    expect(await slack.call(method, args, tokenFor(slack, method))).toMatchObject({ ok: false, error: code });
  });

  test('wants a token, a valid one, of the right type', async () => {
    const slack = await open();
    const args = await okArgs(method, slack);
    const other = tokenFor(slack, method) === slack.botToken ? slack.appToken : slack.botToken;
    expect(await slack.call(method, args, '')).toMatchObject({ ok: false, error: 'not_authed' });
    expect(await slack.call(method, args, 'xoxb-other')).toMatchObject({ ok: false, error: 'invalid_auth' });
    expect(await slack.call(method, args, other)).toMatchObject({ ok: false, error: 'not_allowed_token_type' });
  });

  test('refuses an unknown argument, a missing one and an ill-typed one, by name', async () => {
    const slack = await open();
    const args: Json = await okArgs(method, slack);
    const token = tokenFor(slack, method);
    const messagesFor = async (wrong: Json) => {
      const answer = await slack.call(method, wrong, token);
      expect(answer).toMatchObject({ ok: false, error: 'invalid_arguments' });
      return (answer.response_metadata as { messages: string[] }).messages;
    };
    expect(await messagesFor({ ...args, verfy: 1 })).toContain('[ERROR] unknown argument: verfy');
    for (const { name, required, type } of argSpecs(METHODS[method] ?? { args: '', tier: 1, errors: '' })) {
      const { [name]: _left, ...rest } = args;
      if (required) expect(await messagesFor(rest)).toContain(`[ERROR] missing required field: ${name}`);
      if (type === 'boolean' || type === 'number')
        expect(await messagesFor({ ...args, [name]: 'x' })).toContain(
          `[ERROR] must provide a ${type} [json-pointer:/${name}]`,
        );
    }
  });

  test('is rate limited by its tier, alone', async () => {
    const slack = await open({ limits: 'slack' });
    const tier = METHODS[method]?.tier ?? 1;
    const burst = tier === 'posting' ? 4 : PER_MINUTE[tier];
    const call = () => slack.call(method, { channel: 'C000000001', text: 'x', surplus: 1 }, tokenFor(slack, method));
    for (let i = 0; i < burst; i += 1) expect((await call()).status).toBe(200);
    const refused = await call();
    expect(refused).toMatchObject({ status: 429, ok: false, error: 'ratelimited' });
    expect((await slack.call(method === 'auth.test' ? 'users.list' : 'auth.test')).status).toBe(200);
    slack.clock.pass(Number(refused.retryAfter) * 1000);
    expect((await call()).status).toBe(200);
  });
});

test.each(methods.filter((method) => METHODS[method]?.scopes))('%s wants its scope in the manifest', async (method) => {
  const { scopes = [] } = METHODS[method] ?? {};
  const without: string[] = Array.isArray(scopes)
    ? [...scopes]
    : Object.values(scopes as Json)
        .flat()
        .map(String);
  const slack = await open({ manifest: wideManifest({ without }) });
  const answer = await slack.call(method, { channel: 'C000000001', users: 'U0ALICE' });
  expect(answer).toMatchObject({ ok: false, error: 'missing_scope' });
  expect(without).toContain(String(answer.needed).split(',')[0]);
  expect(String(answer.provided).split(',')).toContain('commands');
});
