/** What is wrong with a playbook: where, which rule, and what to write instead. */

export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: ProblemCode;
  readonly message: string;
}

export type ProblemCode =
  | 'too_large'
  | 'too_deep'
  | 'bad_yaml'
  | 'merge_key'
  | 'tag_not_allowed'
  | 'too_many_aliases'
  | 'duplicate_key'
  | 'unknown_key'
  | 'not_supported_yet'
  | 'missing_key'
  | 'wrong_type'
  | 'bad_value'
  | 'bad_matcher'
  | 'bad_schedule'
  | 'input_unfed'
  | 'bad_regexp'
  | 'bad_default'
  | 'unknown_action'
  | 'bad_argument'
  | 'effect_not_allowed'
  | 'verify_not_read'
  | 'expression_in_code'
  | 'bad_expression'
  | 'not_a_condition'
  | 'not_a_list'
  | 'not_a_number'
  | 'unknown_reference'
  | 'runs_later'
  | 'duplicate_step'
  | 'misplaced_step'
  | 'rollback_unused'
  | 'not_together'
  | 'env_not_supported'
  | 'secret_misplaced'
  | 'retry_not_safe'
  | 'approved_too_early'
  | 'risk_too_high'
  | 'same_group'
  | 'duplicate_playbook'
  | 'unreadable';

/** `playbooks/scale.yml:14:7  unknown_key  …` */
export const printed = ({ file, line, column, code, message }: Problem): string =>
  `${file}:${line}:${column}  ${code}  ${message}`;

/** " Did you mean `verify`?", or nothing where no word is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = known
    .map((candidate) => ({ candidate, distance: distance(word, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return near[0] ? ` Did you mean \`${near[0].candidate}\`?` : '';
}

/** How many letters to change, add, leave out, or swap with the next one. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? at(i - 2, j - 2) + 1 : changed;
      row.push(Math.min(changed, swapped, at(i - 1, j) + 1, at(i, j - 1) + 1));
    }
  }
  return at(a.length, b.length);
}
