/** What every store promises, in whatever it keeps its data. */

import { claimsContract } from './claims.contract.ts';
import { commitContract, readingContract } from './commit.contract.ts';
import { causesContract, effectsContract } from './effects.contract.ts';
import { endedContract } from './ended.contract.ts';
import type { Open } from './fixtures.ts';
import { holdersContract } from './holders.contract.ts';
import { inboxContract } from './inbox.contract.ts';
import { presenceContract } from './presence.contract.ts';
import { progressContract } from './progress.contract.ts';
import { tailsContract } from './tails.contract.ts';

export function storeContract(open: Open): void {
  commitContract(open);
  readingContract(open);
  claimsContract(open);
  effectsContract(open);
  causesContract(open);
  holdersContract(open);
  inboxContract(open);
  presenceContract(open);
  progressContract(open);
  tailsContract(open);
  endedContract(open);
}
