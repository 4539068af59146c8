/** Whether a value of the right type is one of those that the author allows. */
import { durationMs } from '../domain/duration.ts';
import { canonical, type Json } from '../domain/json.ts';
import type { InputSpec } from '../domain/playbook.ts';
import { regexp } from './regexps.ts';

export type Checked = { readonly value: Json } | { readonly problem: string };

export function boundsProblem(spec: InputSpec, value: Json): string | undefined {
  if (!Array.isArray(value)) return valueProblem(spec, value) ?? extentProblem(spec, value);
  const entries = value.map((entry) => valueProblem(spec, entry));
  const wrong = entries.findIndex((problem) => problem !== undefined);
  return wrong < 0 ? extentProblem(spec, value) : `has an entry, number ${wrong + 1}, that ${entries[wrong]}`;
}

/** What holds for a value, or for each entry of a list. */
function valueProblem({ enum: allowed, pattern }: InputSpec, value: Json): string | undefined {
  if (allowed && !allowed.some((one) => canonical(one) === canonical(value)))
    return `must be one of ${allowed.map(shown).join(', ')}, not ${shown(value)}.`;
  if (pattern !== undefined && !(typeof value === 'string' && regexp(pattern).matches(value)))
    return `does not match \`${pattern}\`: ${shown(value)}.`;
  return undefined;
}

function extentProblem(spec: InputSpec, value: Json): string | undefined {
  if (spec.type === 'duration') return timeProblem(spec, String(value));
  if (typeof value === 'number') return between(value, [spec.minimum, spec.maximum], { verb: 'be', things: '' });
  const lengths = [spec.minLength, spec.maxLength] as const;
  if (Array.isArray(value)) return between(value.length, lengths, { verb: 'have', things: ' entries' });
  return typeof value === 'string'
    ? between([...value].length, lengths, { verb: 'have', things: ' letters' })
    : undefined;
}

function timeProblem({ minimum, maximum }: InputSpec, value: string): string | undefined {
  const time = durationMs(value) ?? 0;
  if (minimum !== undefined && time < minimum) return `must be at least ${inWords(minimum)}, not ${value}.`;
  return maximum !== undefined && time > maximum ? `must be at most ${inWords(maximum)}, not ${value}.` : undefined;
}

const units = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** In the largest unit that needs no fraction. */
function inWords(timeMs: number): string {
  const [unit, size] = units.find(([, ms]) => timeMs >= ms && timeMs % ms === 0) ?? (['ms', 1] as const);
  return `${timeMs / size}${unit}`;
}

type Bounds = readonly [least: number | undefined, most: number | undefined];

function between(value: number, [least, most]: Bounds, { verb, things }: { verb: string; things: string }) {
  if (least !== undefined && value < least) return `must ${verb} at least ${least}${things}, not ${value}.`;
  if (most !== undefined && value > most) return `must ${verb} at most ${most}${things}, not ${value}.`;
  return undefined;
}

export const shown = (value: Json): string => {
  const written = JSON.stringify(value);
  return written.length > 80 ? `${written.slice(0, 79)}…` : written;
};
