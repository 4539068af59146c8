/** Whether this process may be sent work, check by check. */
import { type Answer, json } from './answer.ts';
import { within } from './deadline.ts';

/** What is well is said in a few words; what is not is thrown. */
export type Checks = Readonly<Record<string, () => Promise<string>>>;

interface Result {
  readonly ok: boolean;
  readonly detail: string;
}

export async function readiness(checks: Checks, timeoutMs: number): Promise<Answer> {
  const names = Object.keys(checks);
  const results = await Promise.all(Object.values(checks).map((check) => resultOf(check, timeoutMs)));
  const ready = results.every(({ ok }) => ok);
  const body = { ready, checks: Object.fromEntries(names.map((name, i) => [name, results[i]])) };
  return json(ready ? 200 : 503, body);
}

async function resultOf(check: () => Promise<string>, timeoutMs: number): Promise<Result> {
  try {
    return { ok: true, detail: await within(timeoutMs, check) };
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
