/** What a run costs: five steps, an approval, ten thousand approvals that wait, and timers; against BullMQ alone. */
import { fiveRows } from './runs/five.ts';
import { parkedRows } from './runs/parked.ts';
import { resumeRows } from './runs/resume.ts';
import { timerRows } from './runs/timers.ts';
import type { Row } from './table.ts';

/** One after the other: each has a Redis of its own. */
export async function runRows(): Promise<readonly Row[]> {
  return [...(await fiveRows()), ...(await parkedRows()), ...(await timerRows()), ...(await resumeRows())];
}
