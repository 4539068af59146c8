/** What the engine asks of a playbook's actions, and what it gives them. */
import type { RunId } from '../../domain/ids.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { ActionFacts, EffectClass } from '../../domain/playbook.ts';
import type { Severity } from '../../domain/policy.ts';
import type { StepOutcome } from '../../domain/run.ts';

/** A playbook action; see `steps/`. `params` have been rendered and checked by `check`. */
export interface StepAction extends ActionFacts {
  /** For the reference and the editor's schema. */
  readonly summary: string;
  /** JSON Schema of `with:`. */
  readonly schema: JsonObject;
  /** Names under `with:` where code is read and no `${{ }}` may stand (`query`, `argv[0]`, `script`). */
  readonly codeFields: readonly string[];
  /** What is wrong with the arguments, each with its path; `partial`: values that hold `${{ }}` are taken on trust. */
  check(
    args: JsonObject,
    partial: boolean,
  ): readonly { readonly path: readonly (string | number)[]; readonly message: string }[];
  /** Where the arguments narrow what may be declared (`do: status` only reads); else `effects`. */
  effectsOf?(args: JsonObject): readonly EffectClass[];
  /** Documented outputs. */
  readonly outputs: readonly string[];
  /** Names under `with:` that take `${{ secrets.NAME }}`, and nothing else does. */
  readonly secretFields: readonly string[];
  /** What it would do (a diff, a dry run, the state now), for the approvers; changes nothing. */
  plan?(args: JsonObject, context: StepContext): Promise<string>;
  execute(args: JsonObject, context: StepContext): Promise<StepOutcome>;
  /** Finds what an earlier worker began, follows it, and says how it ended; for `reattachable`. */
  reattach?(args: JsonObject, handle: JsonObject, context: StepContext): Promise<StepOutcome>;
}

export interface StepContext {
  /** The same for every repetition of one attempt: `run.step.attempt`. */
  readonly attempt: string;
  readonly run: RunId;
  /** Aborted on timeout, on cancel, and when the claim is lost. */
  readonly signal: AbortSignal;
  /** A line of the step's own; with a stream: a piece of a program's output as it came, cut anywhere. */
  log(text: string, stream?: 'stdout' | 'stderr'): void;
  /** The incident's channel. */
  readonly channel: string;
  /** Not the first begin of this attempt: an earlier worker may have acted. */
  readonly repeated: boolean;
  /** The step's `timeout`, for targets that can end by themselves what takes too long. */
  readonly timeoutMs?: number;
  /** Rises with each worker that takes the attempt: the fencing token. */
  readonly fence: number;
  /** Written into the run before the action goes on; `reattach` gets it back. */
  checkpoint(handle: JsonObject): Promise<void>;
  /** The value of a secret field's reference; what it gives is masked wherever the step writes. */
  secret(reference: Json | undefined): Promise<string>;
  /** Says something to the incident, once per attempt. */
  tell(news: IncidentNews): Promise<void>;
}

/** What a step may change of its incident. */
export type IncidentNews =
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'severity'; readonly severity: Severity };

/** Secrets of playbooks, by reference (`env:NAME`, `file:name`). Throws where there is none or it is not allowed. */
export interface Secrets {
  read(reference: string): Promise<string>;
}

/** Pages people. */
export interface Pager {
  readonly id: string;
  /** Once per `key`. Throws with one line that people can read. */
  page(page: { readonly to: string; readonly text: string; readonly key: string }): Promise<string>;
}
