/** Fields that take a secret: a reference comes in, and the value is had only when the step needs it. */
import { z } from 'zod';
import type { Json } from '../domain/json.ts';
import type { StepContext } from '../engine/ports.ts';

const advice =
  'Write `${{ secrets.NAME }}`, and NAME under `secrets` of the playbook: a secret itself never stands here.';

/** As the engine renders `${{ secrets.NAME }}`. */
export const SecretReference = z.strictObject(
  { secret: z.string(advice).describe('`env:NAME` or `file:name`') },
  advice,
);
export type SecretReference = z.infer<typeof SecretReference>;

export type SecretValues =
  | { readonly ok: true; readonly values: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly problem: string };

/** A secret that cannot be had is known before anything is done. */
export async function secretValues(
  references: Readonly<Record<string, Json | undefined>>,
  context: StepContext,
): Promise<SecretValues> {
  const values: Record<string, string> = {};
  for (const [name, reference] of Object.entries(references)) {
    if (reference === undefined) continue;
    try {
      values[name] = await context.secret(reference);
    } catch (error) {
      return { ok: false, problem: `${name}: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
  return { ok: true, values };
}
