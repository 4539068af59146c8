/** The pages and the editor say what the loader knows: every key has words, every rule a line, and nothing is stale. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '../../src/domain/json.ts';
import { asList, asObject } from '../../src/playbooks/raw.ts';
import { playbookReference } from '../../src/playbooks/reference.ts';
import { table } from '../../src/playbooks/reference-tables.ts';
import { rules } from '../../src/playbooks/rules.ts';
import { languageSchema, playbookSchema, testSchema } from '../../src/playbooks/schema.ts';
import { actions } from './actions.ts';

const page = (path: string) => new URL(`../../${path}`, import.meta.url);
const anew = 'Run `UPDATE_SCHEMA=1 npm test -- test/playbooks` once.';

/** Writes what should stand there, where it is asked to. */
function isFresh(path: string, fresh: string): boolean {
  if (process.env.UPDATE_SCHEMA) writeFileSync(page(path), fresh);
  return readFileSync(page(path), 'utf8') === fresh;
}

test('the reference is the one of this version', () => {
  expect(isFresh('docs/playbook-reference.md', playbookReference(actions)), anew).toBe(true);
});

test("the editor's schema is the one of this version", () => {
  const fresh = `${JSON.stringify(playbookSchema(actions), undefined, 2)}\n`;
  expect(isFresh('playbooks/playbook.schema.json', fresh), anew).toBe(true);
});

test("the editor's schema for tests of playbooks is the one of this version, and every shipped one names it", () => {
  const fresh = `${JSON.stringify(testSchema(), undefined, 2)}\n`;
  expect(isFresh('playbooks/playbook-test.schema.json', fresh), anew).toBe(true);
  const shipped = readdirSync(page('playbooks')).filter((name) => name.endsWith('.test.yml'));
  expect(shipped.length).toBeGreaterThan(2);
  const first = (name: string) => readFileSync(page(`playbooks/${name}`), 'utf8').split('\n')[0];
  expect(new Set(shipped.map(first))).toEqual(new Set(['# yaml-language-server: $schema=./playbook-test.schema.json']));
});

test('the page of all errors has the rules of the language in the same words', () => {
  const rows = Object.entries(rules).map(([code, { what, advice }]) => [`\`${code}\``, what, advice]);
  const fresh = table(['code', 'what is the matter', 'what to do'], rows);
  const text = readFileSync(page('docs/errors.md'), 'utf8');
  const [before = '', after = ''] = text.split('\n## Playbooks\n');
  const section = after.replace(/^\|[\s\S]*?\n(?=\n## )/m, `${fresh}\n`);
  expect(isFresh('docs/errors.md', `${before}\n## Playbooks\n${section}`), anew).toBe(true);
});

/** Keys without words, by where they are. */
function silent(schema: JsonObject, path: string): readonly string[] {
  const own = Object.entries(asObject(schema.properties)).flatMap(([key, property]) => {
    const { description, $ref } = asObject(property);
    return [...(description || $ref ? [] : [`${path}.${key}`]), ...silent(asObject(property), `${path}.${key}`)];
  });
  const inner = [schema.items ?? [], ...(Array.isArray(schema.anyOf) ? schema.anyOf : [])].flat();
  return [...own, ...inner.flatMap((form) => silent(asObject(form), path))];
}

test('hovering over a key says what it means, wherever it stands', () => {
  const { definitions, ...whole } = languageSchema();
  const parts = Object.entries(asObject(definitions)).map(([name, part]) => [name, asObject(part)] as const);
  expect(parts.map(([name]) => name).sort()).toEqual(
    expect.arrayContaining(['ClosingStep', 'Input', 'ParallelStep', 'Rollback', 'Step', 'Trigger', 'Verify']),
  );
  expect([...silent(whole, ''), ...parts.flatMap(([name, part]) => silent(part, name))]).toEqual([]);
});

test('every reference inside of the schema leads somewhere', () => {
  const schema = playbookSchema(actions);
  const targets = [...JSON.stringify(schema).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)].map(
    ([, name = '']) => name,
  );
  expect(targets.length).toBeGreaterThan(10);
  expect(targets.filter((name) => !Object.hasOwn(asObject(schema.definitions), name))).toEqual([]);
});

/** What the editor knows of one action's arguments. */
function editorOn(action: string) {
  const { definitions } = playbookSchema(actions);
  const rules = asList(asObject(asObject(definitions).Arguments).allOf).map(asObject);
  const own = rules.find((rule) => JSON.stringify(rule.if).includes(JSON.stringify(action)));
  const args = asObject(asObject(asObject(own?.then).properties).with);
  return z.fromJSONSchema({ $schema: 'http://json-schema.org/draft-07/schema#', ...args, definitions } as never);
}

test.each([
  ['ssh.script', { host: '${{ inputs.host }}', script: 'date', secret_env: { TOKEN: '${{ secrets.token }}' } }],
  ['ssh.script', { host: 'shop-1', script: 'date', secret_env: '${{ inputs.all }}' }],
  ['http.request', { url: 'http://x', bearer: '${{ secrets.t }}', secret_headers: { 'x-key': '${{ secrets.t }}' } }],
  ['http.request', { url: 'http://x', expect_status: ['${{ inputs.status }}'] }],
])('the editor takes an expression wherever the loader does: %s %j', (action, args) => {
  expect(editorOn(action).safeParse(args).error).toBeUndefined();
  expect(editorOn(action).safeParse({ ...args, typo: 1 }).success).toBe(false);
});
