/** Secrets go where an action takes one, whole, and nowhere else; and where it takes one, nothing else goes. */
import { parseExpression } from './cel.ts';
import type { Checked, Wrong } from './check-references.ts';
import { isInField, type Standing } from './places.ts';
import { didYouMean } from './problems.ts';
import { asObject } from './raw.ts';
import { type Reference, referencesIn } from './references.ts';
import { piecesOf } from './templates.ts';

export function secretProblem(text: string, { argument }: Standing, checked: Checked): Wrong | undefined {
  const fields = argument?.action?.secretFields ?? [];
  const takesSecret = argument !== undefined && fields.some((field) => isInField(field, argument.inside));
  const used = referencesOf(text).filter((reference) => isSecret(reference, checked));
  if (takesSecret) return wholeSecret(text, used, checked);
  // Of an action that nobody knows, nobody knows the fields: that it is unknown is said at its name.
  if (!used.length || (argument && !argument.action)) return undefined;
  const where = fields.length ? `: here, ${fields.map((field) => `\`${field}\``).join(', ')}` : '';
  return {
    code: 'secret_misplaced',
    message: `A secret can stand only in a field that takes one${where}. It never goes into texts, conditions or outputs.`,
  };
}

function wholeSecret(text: string, used: readonly Reference[], { secrets }: Checked): Wrong | undefined {
  const [, root, name = ''] = /^\s*\$\{\{\s*(secrets|inputs)\.(\w+)\s*\}\}\s*$/.exec(text) ?? [];
  if (used.length !== 1 || root === undefined)
    return {
      code: 'secret_misplaced',
      message: `Here stands a secret and nothing else: one \`$${'{{ secrets.NAME }}'}\`, with its reference under \`secrets:\`.`,
    };
  if (root === 'inputs' || secrets.includes(name)) return undefined;
  return { code: 'unknown_reference', message: `There is no secret \`${name}\`.${didYouMean(name, secrets)}` };
}

/** All secrets at once, or the inputs with a secret one among them, are no better. */
function isSecret({ path: [root, name] }: Reference, { inputs }: Checked): boolean {
  if (root === 'secrets') return true;
  if (root !== 'inputs') return false;
  return Object.entries(inputs).some(
    ([input, spec]) => asObject(spec).secret === true && (name === undefined || name === input),
  );
}

function referencesOf(text: string): readonly Reference[] {
  try {
    return piecesOf(text).flatMap((piece) =>
      piece.kind === 'text' ? [] : referencesIn(parseExpression(piece.source).ast),
    );
  } catch {
    // Said where expressions are looked at.
    return [];
  }
}
