/** What is wrong with a configuration: every problem at once, each with its place and what to do. */

export interface Problem {
  /** `tocsin.yml:12:5`, or the name of an environment variable. */
  readonly where: string;
  readonly code: ProblemCode;
  /** What is the matter, and what to do about it. */
  readonly message: string;
}

export type ProblemCode =
  | 'no_file'
  | 'bad_yaml'
  | 'unknown_key'
  | 'missing'
  | 'bad_value'
  | 'not_set'
  | 'set_twice'
  | 'unreadable'
  | 'bad_placeholder'
  | 'secret_in_file'
  | 'no_authentication'
  | 'unknown_service'
  | 'unknown_role'
  | 'unknown_pool'
  | 'no_shared_redis'
  | 'bad_calendar'
  | 'host_not_constant'
  | 'twice';

export class ConfigProblems extends Error {
  override name = 'ConfigProblems';
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ where, code, message }) => `${where}  ${code}  ${message}`);
    super(`The configuration cannot be used:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}
