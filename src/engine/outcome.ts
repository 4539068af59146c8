/** What a step brings back, made fit to be written down: without secrets, and no longer than people and expressions need. */
import type { Json, JsonObject } from '../domain/json.ts';
import type { StepOutcome } from '../domain/run.ts';
import type { Masker } from './masking.ts';
import type { World } from './world.ts';

/** Of one output, and of all of them together. */
const mostCharacters = 16_000;
const mostTogether = 64_000;
const longestText = 2_000;

/** No secret in it, whether in a text, a number, or the name of a key. */
export function maskedOutcome(outcome: StepOutcome, masker: Masker): StepOutcome {
  if (outcome.kind !== 'succeeded') return { ...outcome, message: masker.mask(outcome.message) };
  const outputs = maskedJson(outcome.outputs, masker) as JsonObject;
  return { ...outcome, outputs, ...(outcome.note !== undefined && { note: masker.mask(outcome.note) }) };
}

export function maskedJson(value: Json, masker: Masker): Json {
  if (typeof value === 'string') return masker.mask(value);
  if (typeof value === 'number') return masker.mask(`${value}`) === `${value}` ? value : masker.mask(`${value}`);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => maskedJson(one, masker));
  const entries = Object.entries(value).map(([key, one]) => [masker.mask(key), maskedJson(one, masker)] as const);
  return Object.fromEntries(entries);
}

/** What is too long is cut and says so, and the whole of it is kept. Mask first: what is kept is what it is handed. */
export async function boundedOutputs(world: Pick<World, 'blobs'>, outcome: StepOutcome): Promise<StepOutcome> {
  if (outcome.kind !== 'succeeded') return { ...outcome, message: shortened(outcome.message) };
  const outputs: Record<string, Json> = {};
  let room = mostTogether;
  for (const [name, value] of Object.entries(outcome.outputs)) {
    const kept = await bounded(world, value, Math.min(mostCharacters, room));
    outputs[name] = kept;
    room = Math.max(0, room - sizeOf(kept));
  }
  return { ...outcome, outputs, ...(outcome.note !== undefined && { note: shortened(outcome.note) }) };
}

/** A text stays a text, so that what was written for it still works; of anything else only the fact remains. */
async function bounded({ blobs }: Pick<World, 'blobs'>, value: Json, most: number): Promise<Json> {
  const size = sizeOf(value);
  if (size <= most) return value;
  if (typeof value === 'string') {
    const key = await blobs.put('output.txt', Buffer.from(value));
    return `${value.slice(0, most)}\n[… cut: ${value.length} characters, all of them are kept as ${key}]`;
  }
  const key = await blobs.put('output.json', Buffer.from(JSON.stringify(value)));
  return { cut: true, characters: size, artefact: key };
}

const sizeOf = (value: Json): number => (typeof value === 'string' ? value.length : JSON.stringify(value).length);

const shortened = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText)}…` : text);
