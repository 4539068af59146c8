/** Talks to the simulator's control API as the person on show. */
import { app } from './app.ts';
import type { Answer, Json } from './types.ts';

export async function get<T>(path: string, query: Record<string, string | number> = {}): Promise<T> {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const response = await fetch(`/_control/${path}?${search}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as T;
}

/** Never throws: a refusal is an answer too. */
export async function post(path: string, body: Json = {}): Promise<Answer> {
  try {
    const response = await fetch(`/_control/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: app.user, ...body }),
    });
    return (await response.json()) as Answer;
  } catch {
    return { ok: false, error: 'no_simulator', detail: 'The simulator does not answer any more.' };
  }
}

/** What went wrong, for a person. */
export function complaint({ error, detail, acked }: Answer): string {
  const name = app.workspace.app.name;
  if (error === 'dispatch_failed') return `${name} is not connected (dispatch_failed).`;
  if (acked === false) return `${name} did not respond (${error ?? 'operation_timeout'}).`;
  return detail ?? error ?? 'That did not work.';
}
