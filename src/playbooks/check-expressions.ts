/** Looks at every `${{ }}` of a playbook before anything runs: may it stand there, does it parse, is what it speaks of known by then? */
import { asBad, BadExpression, parseExpression, roots } from './cel.ts';
import { type Checked, referenceProblem } from './check-references.ts';
import { secretProblem } from './check-secrets.ts';
import type { Finding, Path } from './document.ts';
import { type ActionOf, isField, keyOf, placesOf, type Standing } from './places.ts';
import { didYouMean, type ProblemCode } from './problems.ts';
import { asObject, stepsOf, type TextAt, textsIn } from './raw.ts';
import { boundIn, referencesIn } from './references.ts';
import { hasExpression, opening, type Piece, piecesOf, Unclosed, wholeExpression } from './templates.ts';
import { kindOf, typedEnvironment } from './types.ts';

export function checkExpressions(data: unknown, action: ActionOf): readonly Finding[] {
  const inputs = asObject(asObject(data).inputs);
  const checked: Checked = {
    action,
    steps: stepsOf(data),
    inputs,
    secrets: Object.keys(asObject(asObject(data).secrets)),
    environment: typedEnvironment(inputs),
  };
  const places = placesOf(checked.steps, action);
  return textsIn(asObject(data), []).flatMap((text) => checkText(text, places.get(keyOf(text.path)), checked));
}

function checkText(place: TextAt, standing: Standing | undefined, checked: Checked): readonly Finding[] {
  const text = isShown(standing) && !hasExpression(place.text) ? `${opening}${place.text}}}` : place.text;
  if (!standing) return hasExpression(text) ? notHere(place) : [];
  const secret = secretProblem(text, standing, checked);
  if (secret) return [finding(place, secret.code, secret.message)];
  if (!hasExpression(text)) return standing.wants === 'value' ? [] : [notWhole(place.path, standing)];
  if (isCode(standing)) return [finding(place, 'expression_in_code', noExpression(place.path, standing))];
  try {
    const pieces = piecesOf(text).filter((piece) => piece.kind === 'expression');
    const isWhole = wholeExpression(text) !== undefined;
    const whole = standing.wants !== 'value' && !isWhole ? [notWhole(place.path, standing)] : [];
    return [...whole, ...pieces.flatMap((piece) => checkPiece(piece, { place, standing, checked, isWhole }))];
  } catch (error) {
    if (error instanceof Unclosed) return [finding(place, 'bad_expression', error.message)];
    throw error;
  }
}

/** `show:` of an approval names values, with or without the braces. */
const isShown = (standing: Standing | undefined): boolean =>
  standing?.argument?.action?.id === 'approval' && standing.argument.inside[0] === 'show';

const notHere = (place: TextAt): readonly Finding[] => [
  finding(place, 'bad_expression', 'No expression can stand here: this text is not filled in.'),
];

const wanted: Readonly<Record<Standing['wants'], { readonly code: ProblemCode; readonly words: string }>> = {
  value: { code: 'bad_expression', words: '' },
  condition: { code: 'not_a_condition', words: `that is true or false, as in \`$${'{{ inputs.n > 3 }}'}\`` },
  list: { code: 'not_a_list', words: `that gives a list, as in \`$${'{{ inputs.hosts }}'}\`` },
  number: { code: 'not_a_number', words: `that gives a number, as in \`$${'{{ inputs.replicas }}'}\`` },
};

const notWhole = (path: Path, { wants }: Standing): Finding => ({
  path,
  code: wanted[wants].code,
  message: `\`${String(path.at(-1))}\` must be one expression ${wanted[wants].words}.`,
});

const finding = ({ path, text }: TextAt, code: ProblemCode, message: string): Finding => ({
  path,
  code,
  message,
  ...(hasExpression(text) && { within: text.slice(text.indexOf(opening), text.indexOf(opening) + 3) }),
});

const deciding = ['approval', 'ask'];

/** What an alert says must become neither a command nor the one who approves it. */
const noExpression = (path: Path, { argument }: Standing): string =>
  deciding.includes(argument?.action?.id ?? '')
    ? 'No expression where it is said who decides, and how: write it out.'
    : `No expression where code is read: ${adviceFor(path)}`;

const adviceFor = (path: Path): string =>
  path.at(-1) === 'query' ? 'name the value under `vars:` and write `{label=$name}`.' : adviceForCode(path);

const adviceForCode = (path: Path): string =>
  path.at(-1) === 'script' ? 'hand the value over under `env:` and write `"$NAME"`.' : 'write it out.';

/** Code fields are named below `with`: `query`, `argv[0]`; a whole list in one expression would hold the code too. */
const isCode = ({ argument }: Standing): boolean =>
  argument?.action?.codeFields.some((field) => isField(field, argument.inside)) ?? false;

interface Within {
  readonly place: TextAt;
  readonly standing: Standing;
  readonly checked: Checked;
  readonly isWhole: boolean;
}

function checkPiece(
  piece: Extract<Piece, { kind: 'expression' }>,
  { place, standing, checked, isWhole }: Within,
): readonly Finding[] {
  const at = (skip: number) => ({ path: place.path, within: piece.source || opening, skip });
  try {
    const { ast, checkable } = parseExpression(piece.source);
    const bound = boundIn(ast);
    const unknown = referencesIn(ast)
      .filter(({ path: [root = ''] }) => !bound.has(root))
      .flatMap((reference) => {
        const problem = referenceProblem(reference, { standing, checked });
        return problem ? [{ ...at(reference.at), ...problem }] : [];
      });
    if (unknown.length) return unknown;
    const { valid, type, error } = checked.environment.check(checkable);
    if (!valid) throw error;
    return typeFinding(String(type), { place, standing, checked, isWhole });
  } catch (error) {
    const bad = error instanceof BadExpression ? error : asBad(error);
    return [{ ...at(bad.at), code: 'bad_expression', message: explained(bad.message) }];
  }
}

const fits: Readonly<Record<Standing['wants'], readonly string[]>> = {
  value: ['bool', 'number', 'list', 'map', 'text', 'any'],
  condition: ['bool', 'any'],
  list: ['list', 'any'],
  number: ['number', 'any'],
};

function typeFinding(type: string, { place, standing, isWhole }: Within): readonly Finding[] {
  const kind = kindOf(type);
  if (kind === 'no data') return [finding(place, 'bad_expression', noData(type))];
  if (!fits[standing.wants].includes(kind)) return [notWhole(place.path, standing)];
  if (isWhole || (kind !== 'list' && kind !== 'map')) return [];
  const what = kind === 'list' ? 'A list' : 'An object';
  return [finding(place, 'bad_expression', `${what} cannot stand inside a text.`)];
}

const noData = (type: string): string =>
  `It gives \`${type}\`, which is no plain data: use \`string(…)\` for a time or a duration, \`orValue(…)\` for an optional.`;

function explained(text: string): string {
  const [, variable] = /^Unknown variable: (\w+)$/.exec(text) ?? [];
  if (variable) return `There is no \`${variable}\`.${didYouMean(variable, roots)}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
