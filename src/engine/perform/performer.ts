/** The shape of a performer: one effect in, what was learned out. */
import type { Effect } from '../../domain/effect.ts';
import type { EventId, IncidentId, RunId } from '../../domain/ids.ts';
import type { IncidentEventBody } from '../../domain/incident.ts';
import type { RunEventBody } from '../../domain/run.ts';
import type { EffectHold, Loaded } from '../ports.ts';
import type { Receive } from '../receive.ts';
import type { World } from '../world.ts';

export interface Work {
  readonly world: World;
  readonly receive: Receive;
  readonly hold: EffectHold;
  /** Whom the effect is about, as it was when the effect was claimed. */
  readonly about: Loaded;
  /** Aborted when the claim is lost. */
  readonly signal: AbortSignal;
}

/** What a performer learned. `atOnce`: it waited for nothing, so whom it is about is still as it was. */
export type Learned =
  | { readonly to: IncidentId; readonly event: IncidentEventBody; readonly atOnce?: true }
  | { readonly to: RunId; readonly event: RunEventBody; readonly atOnce?: true }
  /** Done, and no news. */
  | 'done'
  /** Not possible yet. */
  | { readonly againInMs: number; readonly nothingDone?: true };

export type Performer<Kind extends Effect['kind']> = (
  effect: Extract<Effect, { kind: Kind }>,
  work: Work,
) => Promise<Learned>;

export type Performers = { readonly [Kind in Effect['kind']]: Performer<Kind> };

/** Names who began an attempt: the same worker asking twice, and nobody else, in whatever copy of the store. */
export const beganBy = (effect: string, { n, owner }: EffectHold): EventId => `${effect}#${n}@${owner}` as EventId;
