/** Commands as authors write them: what an alert says may be an argument, and never a part of a program. */
import { expect, test } from 'vitest';
import { argvIssues } from '../../src/steps/argv-code.ts';

const value = '$' + '{{ inputs.x }}';

const code = 'No expression where code is read';
const option = 'put `--` before it';

test.each([
  [['sh', '-c', `ls ${value}`], code],
  [['/bin/bash', '-o', 'errexit', '-xc', `ls ${value}`], code],
  [['sudo', 'su', '-', 'web', '-c', `ls ${value}`], code],
  [['mysql', `-eSELECT ${value}`], code],
  [['psql', `--command=SELECT ${value}`], code],
  [['php', '-r', `print ${value};`], code],
  [['awk', '-F', ':', `{ print ${value} }`, '/etc/passwd'], code],
  [['sed', '-i', `s/x/${value}/`, '/etc/app'], code],
  [['jq', '--arg', 'a', 'b', `.x = ${value}`], code],
  [['ssh', 'other', 'ls', '--', value], code],
  [['watch', `ls ${value}`], code],
  [['ls', value], option],
])('%j is refused', (argv, why) => {
  expect(argvIssues(argv).map(({ message }) => message)).toEqual([expect.stringContaining(why)]);
});

test.each([
  [['ls', '--', value]],
  [['ls', `/srv/${value}`]],
  [['sh', '-c', 'ls -- "$1"', 'sh', '--', value]],
  [['env', `A=${value}`, 'ls']],
  [['awk', '-v', `x=${value}`, '{ print x }', `/srv/${value}`]],
  [['sed', '-i', 's/a/b/', `/srv/${value}`]],
  [['jq', '--arg', 'name', `v${value}`, '.x = $name']],
  [['systemctl', 'restart', '--', value]],
])('%j may stand', (argv) => {
  expect(argvIssues(argv)).toEqual([]);
});
