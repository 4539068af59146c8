/** Something wrong in `tocsin.yml`, by its path in the tree. */
import type { Path } from './document.ts';
import type { ProblemCode } from './problems.ts';

export interface Finding {
  readonly path: Path;
  readonly code: ProblemCode;
  readonly message: string;
}
