/** A refusal in Slack's words: the `error` of an answer with `ok: false`, and what else it carries. */
export type Json = Record<string, unknown>;

export class Refusal extends Error {
  readonly code: string;
  readonly extra: Json;
  constructor(code: string, extra: Json = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

export const refuse = (code: string, extra?: Json) => new Refusal(code, extra);

/** Slack repeats each problem twice: plainly in `errors`, and marked in `response_metadata.messages`. */
export const problems = (code: string, found: readonly string[]) =>
  refuse(code, { errors: found, response_metadata: { messages: found.map((problem) => `[ERROR] ${problem}`) } });

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
