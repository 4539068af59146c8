/** What is wrong with a playbook: where, which rule, and what to write instead. */
import { nearest } from '../domain/nearest.ts';

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
  const meant = nearest(word, known);
  return meant === undefined ? '' : ` Did you mean \`${meant}\`?`;
}
