/** What a step is handed when it runs, with defaults that a test changes. */
import type { RunId } from '../../src/domain/ids.ts';
import type { StepContext } from '../../src/engine/ports.ts';

export const contextOf = (change: Partial<StepContext> = {}): StepContext => ({
  attempt: 'run-1.restart.1',
  run: 'run-1' as RunId,
  signal: new AbortController().signal,
  log: () => {},
  channel: 'C1',
  repeated: false,
  timeoutMs: 20_000,
  fence: 1,
  checkpoint: async () => {},
  secret: async (reference) => {
    throw new Error(`no secret is known here: ${JSON.stringify(reference)}`);
  },
  tell: async () => {},
  ...change,
});
