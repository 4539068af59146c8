/** Spans of time with a title, as every kind of calendar gives them. */
import type { Freeze } from '../../domain/facts.ts';
import type { Instant } from '../../domain/ids.ts';

export interface Span {
  readonly from: Instant;
  /** The first moment after it. */
  readonly to: Instant;
  readonly title: string;
}

/** Looked so far ahead for the end; what goes on for longer has none that is known. */
export const horizonMs = 400 * 86_400_000;

/** What covers this time, and when nothing does any more: spans that meet or overlap are one freeze. */
export function freezeAt(spans: readonly Span[], now: Instant): Freeze | undefined {
  const covering = spans.find(({ from, to }) => from <= now && now < to);
  if (!covering) return undefined;
  const until = endOf(spans, covering.to);
  return { title: covering.title, ...(until < now + horizonMs && { until }) };
}

function endOf(spans: readonly Span[], reached: Instant): Instant {
  let end = reached;
  const later = spans.filter(({ to }) => to > reached).toSorted((one, other) => one.from - other.from);
  for (const { from, to } of later) if (from <= end && to > end) end = to;
  return end;
}
