/** Where among the arguments of a command code is read, or an option could be: no value of an alert may stand there. */
import { basename } from 'node:path';
import type { Json } from '../domain/json.ts';
import { holdsExpression, type Issue } from './define.ts';

/** Take code with an option: `-c`, `-e`, `--eval`. */
const interpreters =
  /^(sh|bash|dash|zsh|ksh|ash|fish|su|runuser|python[\d.]*|perl|ruby|node|lua|php|psql|mysql|mariadb|redis-cli|mongosh?|eval)$/;
const codeOption = /^(-[A-Za-z]*[cer]|--(eval|command|execute|run))$/;
/** The same with the code glued to it: `-eSELECT …`, `--command=SELECT …`. */
const codeWithin = /^(-[cer]|--(eval|command|execute|run)=)./;

/** Take it as their first operand; the options that have a value of their own. */
const programs: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(['awk', 'gawk', 'mawk'].map((name) => [name, /^-[vFf]$/])),
  sed: /^(-[A-Za-z]*f|-l)$/,
  jq: /^(--(arg|argjson|slurpfile|rawfile)|-L|-f)$/,
};

/** Hand all that follows to another shell. */
const shells = /^(ssh|watch|eval)$/;

const inCode = 'No expression where code is read: give the value as an argument of its own after the code.';
const asOption = 'This may begin with `-`, and would be read as an option then: put `--` before it.';

/** Looks at the arguments as written. */
export function argvIssues(argv: readonly Json[]): readonly Issue[] {
  const code = codeIn(argv);
  const operandsFrom = argv.indexOf('--');
  return argv.flatMap((word, index): readonly Issue[] => {
    if (!holdsExpression(word)) return [];
    const path = ['argv', index];
    if (code.has(index)) return [{ path, message: inCode }];
    const isOperand = operandsFrom >= 0 && index > operandsFrom;
    return index > 0 && beginsWithExpression(word) && !isOperand ? [{ path, message: asOption }] : [];
  });
}

const beginsWithExpression = (word: Json): boolean =>
  String(word)
    .trimStart()
    .startsWith('$' + '{{');

/** Places whose word is read as code. */
function codeIn(argv: readonly Json[]): ReadonlySet<number> {
  const words = argv.map((word) => (typeof word === 'string' ? word : ''));
  const first = (is: (name: string) => boolean): number => words.findIndex((word) => is(basename(word)));
  const interpreter = first((name) => interpreters.test(name));
  const shell = first((name) => shells.test(name));
  const found = words.flatMap((word, at): readonly number[] => {
    const isGiven = interpreter >= 0 && at > interpreter;
    if (isGiven && codeOption.test(words[at - 1] ?? '') && at - 1 > interpreter) return [at];
    if (isGiven && codeWithin.test(word)) return [at];
    return shell >= 0 && at > shell ? [at] : [];
  });
  return new Set([...found, ...firstOperands(words)]);
}

/** `awk '{ print $1 }' file`, `sed -i s/a/b/ file`. */
function firstOperands(words: readonly string[]): readonly number[] {
  return words.flatMap((name, at): readonly number[] => {
    const valued = programs[basename(name)];
    if (!valued) return [];
    const operand = words.findIndex(
      (word, index) => index > at && !word.startsWith('-') && !takesValue(words, index, valued),
    );
    return operand < 0 ? [] : [operand];
  });
}

/** `--arg name value` has two. */
const takesValue = (words: readonly string[], index: number, valued: RegExp): boolean =>
  valued.test(words[index - 1] ?? '') || /^--(arg|argjson|slurpfile|rawfile)$/.test(words[index - 2] ?? '');
