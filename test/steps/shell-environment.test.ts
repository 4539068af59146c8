/** Values reach a script byte by byte through the file that its shell reads, and names that are code are refused. */
import { execFileSync } from 'node:child_process';
import { accessSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Unquotable } from '../../src/clients/shell.ts';
import { program, saidBy } from '../../src/steps/script-programs.ts';
import { environmentFile, nameProblem } from '../../src/steps/shell-environment.ts';
import { hostile } from '../support/hostile.ts';

const dir = mkdtempSync(join(tmpdir(), 'tocsin-environment-'));
afterAll(() => rmSync(dir, { recursive: true }));

const marker = 'marker';

/** Sourced as the wrapper does it, then printed by a program that inherits it. */
function seenBy(shell: string, values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const file = join(dir, 'env');
  writeFileSync(file, `${environmentFile(values)}${environmentFile({ [marker]: 'x' })}`);
  const printed = execFileSync(shell, ['-c', 'set -- "$1"; . "$1"; exec env -0', 'sh', file], {
    encoding: 'utf8',
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const all = printed
    .split('\0')
    .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]);
  const seen = Object.fromEntries(all) as Record<string, string>;
  expect(seen[marker]).toBe('x');
  return Object.fromEntries(Object.keys(values).map((name) => [name, seen[name] ?? 'not there']));
}

const shells = ['/bin/sh', '/bin/dash', '/bin/bash'];

describe.each(shells)('%s', (shell) => {
  accessSync(shell);

  test('hands every hostile value over unchanged, line breaks included', () => {
    const values = Object.fromEntries(hostile.map((value, index) => [`V${index}`, value]));
    expect(seenBy(shell, values)).toEqual(values);
  });

  test('hands any value under any name that is allowed over unchanged', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.toWellFormed().replaceAll('\0', '')),
      fc.constantFrom(...hostile),
    );
    const name = fc
      .stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/)
      .filter((text) => !nameProblem(text) && text !== marker);
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 30 }), (values) => {
        expect(seenBy(shell, values)).toEqual({ ...values });
      }),
      { numRuns: 25 },
    );
  });

  test('a program that is cut off anywhere does nothing', () => {
    const touched = join(dir, 'touched');
    const whole = program('verdict', { dir: `${dir}/it's`, verdict: 'go' }).replace(
      'run() {',
      `run() {\ntouch '${touched}'`,
    );
    for (let length = 0; length < whole.length - 'run\n'.length; length += 7) {
      try {
        execFileSync(shell, ['-s'], {
          input: whole.slice(0, length),
          stdio: ['pipe', 'ignore', 'ignore'],
          env: { HOME: dir },
        });
      } catch {
        // That it complains is right.
      }
    }
    expect(() => accessSync(touched)).toThrow();
  });
});

test.each([
  ...['', '1A', 'A-B', 'A B', 'A=B', 'A;id', '$A', 'É', 'A\nB', 'x'.repeat(200), '__proto__'],
  ...['PATH', 'IFS', 'ENV', 'BASH_ENV', 'BASH_FUNC_x', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'DYLD_INSERT_LIBRARIES', 'PS4'],
  ...[
    'PYTHONPATH',
    'PYTHONSTARTUP',
    'PERL5OPT',
    'RUBYOPT',
    'NODE_OPTIONS',
    'GIT_SSH_COMMAND',
    'PAGER',
    'EDITOR',
    'LESSOPEN',
  ],
  ...[
    'UID',
    'EUID',
    'PPID',
    'OPTIND',
    'RANDOM',
    'SECONDS',
    '_',
    'SHELLOPTS',
    'HISTFILE',
    'PROMPT_COMMAND',
    'HOME',
    'PWD',
  ],
])('%j is no name for a variable', (name) => {
  expect(nameProblem(name)).toBeTruthy();
});

test.each(['HOST', 'SHOP_TOKEN', 'value', 'a1', 'constructor'])('%s is one', (name) => {
  expect(nameProblem(name)).toBeUndefined();
});

test('a NUL cannot be handed over, and is said so', () => {
  expect(() => environmentFile({ A: 'a\0b' })).toThrow(Unquotable);
});

test('what a program says is found among what a login shell prints', () => {
  expect(saidBy('Welcome to shop-1\ntocsin: staged /x 1\nbye\n')).toBe('staged /x 1');
  expect(saidBy('Welcome\n')).toBeUndefined();
});
