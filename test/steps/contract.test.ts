/** What every action keeps to, whoever wrote it: read from the registry, so that a new one is held to it from its first day. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PrometheusClient } from '../../src/clients/prometheus.ts';
import type { SshClient } from '../../src/clients/ssh.ts';
import type { ChannelRef } from '../../src/domain/ids.ts';
import type { Json, JsonObject } from '../../src/domain/json.ts';
import type { Chat, Pager, StepAction } from '../../src/engine/ports.ts';
import { stepActions } from '../../src/steps/index.ts';
import { contextOf } from './contexts.ts';

/** What reached the world, once for each key as the world counts it. */
const done = new Set<string>();
const touched = (what: string): void => void done.add(what);
const refuse = (what: string) => () => {
  touched(what);
  return Promise.reject(new Error(`${what} was called`));
};

const ssh: SshClient = { hosts: ['shop-1'], run: refuse('ssh'), close: async () => undefined };
const prometheus: PrometheusClient = { query: refuse('query'), queryRange: refuse('range'), rules: refuse('rules') };
const chat = {
  post: async ({ key }: { key: string }) => {
    touched(`post ${key}`);
    return { channel: 'C1' as ChannelRef, ts: '1.2' };
  },
} as unknown as Chat;
const pager: Pager = {
  id: 'pager',
  page: async ({ key }) => {
    touched(`page ${key}`);
    return key;
  },
};

const given = { ssh, prometheus, chat, httpAllow: ['api.example.com'] };
const actions = stepActions({ ...given, pagers: [pager] });
const actionOf = (id: string): StepAction => {
  const action = actions.find((one) => one.id === id);
  if (!action) throw new Error(`there is no ${id}`);
  return action;
};

/** At least one that passes for each action; the first is the plainest. */
const examples: Readonly<Record<string, readonly JsonObject[]>> = {
  approval: [{ approvers: { roles: ['responder'] }, at_least: { responder: 1 }, comment: 'required', show: [1, 'x'] }],
  ask: [{ question: 'Which?', answer: { type: 'integer', minimum: 1, enum: [1, 2] }, roles: ['dba'] }],
  assert: [{ that: true, message: 'no' }],
  'http.request': [
    { url: 'https://api.example.com/{a}', vars: { a: 'x' } },
    {
      method: 'POST',
      url: 'https://api.example.com/',
      json: { a: 1 },
      bearer: { secret: 'env:X' },
      headers: { a: 'b' },
    },
  ],
  'incident.note': [{ text: 'noted' }],
  'incident.severity': [{ severity: 'sev2' }],
  page: [{ to: 'dba', text: 'come' }],
  'playbook.run': [{ playbook: 'restart-shop', inputs: { host: 'shop-1' } }],
  'prometheus.query': [{ query: 'up{job=$job}', vars: { job: 'x' } }],
  'slack.message': [{ text: 'hello' }],
  'ssh.exec': [{ host: 'shop-1', argv: ['systemctl', 'is-active', 5], become: true, accept_exit_codes: [0, 3] }],
  'ssh.script': [{ host: 'shop-1', script: 'true', env: { A: 1 }, secret_env: { B: { secret: 'env:B' } } }],
  'ssh.systemd': [
    { host: 'shop-1', unit: 'shop.service', do: 'restart' },
    { host: 'shop-1', unit: 'shop.service', do: 'status', journal_lines: 5 },
  ],
  wait: [{ for: '5m' }],
};

/** Changes that take no lock, and why two at once do each other no harm. */
const withoutLock: Readonly<Record<string, string>> = {
  'incident.note': 'notes of two runs stand beside each other',
  'incident.severity': 'the incident takes one event after the other',
  'slack.message': 'messages of two runs stand beside each other',
  page: 'who is called twice for two reasons should be',
  'playbook.run': 'the steps of the other playbook take theirs',
};

const decided = ['approval', 'ask', 'playbook.run', 'wait'];

const effectOf = (action: StepAction, args: JsonObject): string | undefined =>
  (action.effectsOf?.(args) ?? action.effects)[0];

const cases = actions.flatMap((action) => (examples[action.id] ?? []).map((args) => ({ action, id: action.id, args })));
const changes = cases.filter(({ action, args }) => effectOf(action, args) !== 'read');

test('each registered action has an example that passes', () => {
  expect(Object.keys(examples).sort()).toEqual(actions.map(({ id }) => id).sort());
  for (const { action, args } of cases) expect([action.id, action.check(args, false)]).toEqual([action.id, []]);
});

describe.each(actions.map((action) => [action.id, action] as const))('%s', (id, action) => {
  test('says what it does and what each argument means', () => {
    expect(action.summary).toMatch(/^[A-Z].*\.$/s);
    expect(undescribed(action.schema, id)).toEqual([]);
  });

  test('names only arguments and effects that there are', () => {
    const known = Object.keys((action.schema.properties ?? {}) as object);
    for (const field of [...action.codeFields, ...action.secretFields])
      expect(known).toContain(field.replace(/\[\d+\]$/, ''));
    expect(action.effects.length).toBeGreaterThan(0);
    expect(action.effects.includes('reattachable')).toBe(action.reattach !== undefined);
  });

  test('looks at any arguments without a fault, and can name whatever it let pass', () => {
    fc.assert(
      fc.property(hostileArguments(id), fc.boolean(), (args, partial) => {
        const issues = action.check(args, partial);
        for (const { message } of issues) expect(message).toBeTruthy();
        action.effectsOf?.(args);
        if (issues.length) return;
        expect(typeof action.describe(args)).toBe('string');
        expect(['string', 'undefined']).toContain(typeof action.lockOf(args));
        for (const value of Object.values(action.targetOf(args))) expect(typeof value).toBe('string');
      }),
      { numRuns: 150 },
    );
  });

  test('arguments that do not pass are never executed', async () => {
    if (decided.includes(id)) return;
    done.clear();
    const outcome = await action.execute({ nonsense: true }, contextOf());
    expect([outcome.kind, 'when' in outcome && outcome.when, [...done]]).toEqual(['failed', 'before_dispatch', []]);
  });
});

test.each(changes)('$id takes a lock for $args, or says why it needs none', ({ action, id, args }) => {
  expect(
    action.lockOf(args) ?? withoutLock[id],
    `${id} changes something: it takes a lock, or stands in this table.`,
  ).toBeTruthy();
});

test('what only reads takes no lock', () => {
  const reads = cases.filter(({ action, args }) => effectOf(action, args) === 'read');
  expect(reads.length).toBeGreaterThan(3);
  expect(reads.map(({ action, args }) => action.lockOf(args)).filter((lock) => lock !== undefined)).toEqual([]);
});

test.each(cases.filter(({ id }) => !decided.includes(id)))(
  '$id with $args does nothing where it was stopped before it began',
  async ({ action, args }) => {
    done.clear();
    const told: unknown[] = [];
    const tell = async (news: unknown) => void told.push(news);
    const secret = async () => 'x';
    const outcome = await action.execute(args, contextOf({ signal: AbortSignal.abort(), tell, secret }));
    expect(outcome).toMatchObject({ kind: 'failed', when: 'before_dispatch' });
    expect([...done, ...told]).toEqual([]);
  },
);

test.each(decided)('%s is decided, and nobody can execute it', async (id) => {
  await expect(actionOf(id).execute(examples[id]?.[0] ?? {}, contextOf())).rejects.toThrow('never executed');
});

/** With real servers, in the test of the action. */
const provenThere: Readonly<Record<string, string>> = { 'ssh.systemd': 'ssh-systemd.test.ts' };

test.each(changes.filter(({ action, id, args }) => effectOf(action, args) === 'idempotent' && !decided.includes(id)))(
  '$id, repeated, acts once',
  async ({ action, id, args }) => {
    const elsewhere = provenThere[id];
    if (elsewhere) return expect(readFileSync(new URL(elsewhere, import.meta.url), 'utf8')).toContain('repeated: true');
    done.clear();
    // As the engine counts what an attempt says.
    const tell = async (news: { kind: string }) => touched(`${news.kind} of the attempt`);
    for (const repeated of [false, true]) await action.execute(args, contextOf({ repeated, tell }));
    expect([...done]).toHaveLength(1);
  },
);

/** Paths of arguments that an editor could say nothing about. */
function undescribed(schema: JsonObject, path: string): readonly string[] {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonObject>>;
  return Object.entries(properties).flatMap(([name, property]) => [
    ...(property.description ? [] : [`${path}.${name}`]),
    ...undescribed(property, `${path}.${name}`),
  ]);
}

const expression = `$${'{{ alert.labels.x }}'}`;
const hostileText = fc.oneof(
  fc.constantFrom(
    '',
    '-rf',
    '$(id)',
    "'; id; '",
    '../..',
    'a\0b',
    'a\nb',
    '__proto__',
    expression,
    'https://{x}/',
    '%',
    '\ud800',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const hostileValue: fc.Arbitrary<Json> = fc.oneof(
  hostileText,
  fc.constantFrom<Json>(null, true, 0, -1, 1e308, [], {}, [[]], { secret: 5 }, { secret: 'env:X' }),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
  fc.dictionary(hostileText, hostileText, { maxKeys: 3 }),
);

/** Examples with some of their arguments exchanged, and things that were never arguments. */
function hostileArguments(id: string): fc.Arbitrary<JsonObject> {
  const known = examples[id] ?? [{}];
  const names = Object.keys((actionOf(id).schema.properties ?? {}) as object);
  const changed = fc
    .tuple(fc.constantFrom(...known), fc.array(fc.tuple(fc.constantFrom(...names), hostileValue), { maxLength: 2 }))
    .map(([example, swaps]) => ({ ...example, ...Object.fromEntries(swaps) }));
  const anything = fc.dictionary(fc.oneof(hostileText, fc.constantFrom(...names)), hostileValue, { maxKeys: 5 });
  return fc.oneof({ weight: 4, arbitrary: changed }, { weight: 1, arbitrary: anything });
}
