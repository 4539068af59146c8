/** Starts the Tocsin of the crash tests: killed or not, it never outlives the test. */
import { fileURLToPath } from 'node:url';
import { type ServerProcess, startProcess } from '../../src/demo/processes.ts';
import type { Flaw } from './decorate.ts';

export interface Orders {
  readonly config: string;
  readonly overrides: Readonly<Record<string, string>>;
  readonly leaseMs: number;
  /** Where to die; never, unless told. */
  readonly cut?: string;
  readonly flaw: Flaw;
  /** Where it writes, when it dies, which steps it was about to act on, or had acted on without having said so. */
  readonly epitaph?: string;
  /** Where it writes which kinds of effects it began. */
  readonly diary?: string;
  /** Where it writes which calls to Slack were answered. */
  readonly callDiary?: string;
}

const entry = fileURLToPath(new URL('tocsin.ts', import.meta.url));

/** Returns at once: whoever sends it something tries again until it is there. */
export const spawnTocsin = (orders: Orders, env: Readonly<Record<string, string>>): Promise<ServerProcess> =>
  startProcess({
    name: 'Tocsin',
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', entry, JSON.stringify(orders)],
    env,
    isReady: async () => true,
  });
