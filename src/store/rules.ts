/** Times that both stores keep to. */

/** How long an event, and an effect that is settled, are remembered: a repeat within it changes nothing. */
export const rememberedMs = 24 * 60 * 60 * 1000;

/** How long an effect that should have been picked up is left in peace before it is woken again. */
export const firstLookMs = 1000;

/** What is due later than this is kept at rest, and opened when it comes so near. */
export const nearMs = 5_000;

/** The pause between wake-ups of one effect doubles, up to this. */
export const longestLookMs = 8000;

/** When to look again after the `tries`-th wake-up that nobody answered. */
export const nextLookMs = (tries: number): number => Math.min(longestLookMs, firstLookMs * 2 ** Math.min(tries, 10));

/** A worker of which nothing was heard for so long is gone. */
export const absentMs = 12_000;

/** How many of the last lines of a step's log are kept where people read them, and for how long after the last one. */
export const tailLines = 50;
export const tailKeptMs = 3 * 24 * 60 * 60 * 1000;
