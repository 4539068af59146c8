/** The list of reasons is closed and alive: nothing in it that no decision gives and no test has seen. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isNews, reasons } from '../../src/domain/reason.ts';
import { explain } from '../../src/engine/announce/explain.ts';

const here = import.meta.dirname;
const textOf = (...folders: readonly string[]): string =>
  folders
    .flatMap((folder) =>
      readdirSync(join(here, '../..', folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.endsWith('reason.ts') && !name.endsWith('reasons.test.ts'))
        .map((name) => readFileSync(join(here, '../..', folder, name), 'utf8')),
    )
    .join('\n');

const sources = textOf('src/domain') + readFileSync(join(here, '../../src/engine/commit.ts'), 'utf8');
const tests = textOf('test/domain', 'test/scenarios', 'test/engine');

test.each(reasons.map((reason) => ({ reason })))(
  '$reason is given by a decision, and a test has seen it',
  ({ reason }) => {
    expect(sources.includes(`'${reason}'`)).toBe(true);
    expect(new RegExp(`['| ]${reason}['=→]`).test(tests)).toBe(true);
  },
);

test('every reason reads as a sentence, without the code’s underscores', () => {
  expect(reasons.filter((reason) => explain(reason).includes('_') && !explain(reason).includes('`'))).toEqual([]);
});

test('history keeps what happened and leaves out what did not', () => {
  expect([isNews('first_alert'), isNews('run_failed'), isNews('nothing_new'), isNews('repeated')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
