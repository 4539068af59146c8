/** Values reach commands byte by byte, whatever the shell on the other side. */
import { execFileSync } from 'node:child_process';
import { accessSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandLine, shellQuote, Unquotable } from '../../src/clients/shell.ts';
import { hostile as everything } from '../support/hostile.ts';

/** Values that may stand in an argument: a line break is refused. */
const hostile = [...everything, '\u202e', '\u200b', '{{ x }}', "x'; id; '"].filter((value) => !/[\0\r\n]/.test(value));

const shells = ['/bin/sh', '/bin/dash', '/bin/bash'];

function argumentsSeenBy(shell: string, values: readonly string[]): readonly string[] {
  const output = execFileSync(shell, ['-c', commandLine(['printf', '%s\\0', 'first', ...values])], {
    encoding: 'utf8',
  });
  return output.split('\0').slice(1, -1);
}

describe.each(shells)('%s', (shell) => {
  accessSync(shell);

  test('hands every hostile value over unchanged', () => {
    expect(argumentsSeenBy(shell, hostile)).toEqual(hostile);
  });

  test('hands any value over unchanged', () => {
    const word = fc
      .string({ unit: 'binary', maxLength: 40 })
      .map((text) => text.toWellFormed().replace(/[\0\r\n]/g, ''));
    const words = fc.array(fc.oneof(word, fc.constantFrom(...hostile)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(words, (values) => {
        expect(argumentsSeenBy(shell, values)).toEqual(values);
      }),
      { numRuns: 40 },
    );
  });
});

test.each(['a\0b', 'a\nb', 'a\rb', '\n'])('refuses %j, which no quoting makes safe', (value) => {
  expect(() => shellQuote(value)).toThrow(Unquotable);
});

test('keeps an empty argument as an argument', () => {
  expect(commandLine(['rm', '-rf', '/data/', ''])).toBe("'rm' '-rf' '/data/' ''");
});
