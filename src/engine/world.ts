/** What the engine works with: every seam filled, once, by the composition root. */
import type { PureFunctions } from '../domain/facts.ts';
import type { Policy } from '../domain/policy.ts';
import type {
  AlertSource,
  Anchor,
  Archive,
  Blobs,
  Chat,
  EvidenceProvider,
  Pager,
  PlaybookShelf,
  Queue,
  Secrets,
  StepAction,
  Store,
  Telemetry,
} from './ports.ts';

export interface World {
  readonly store: Store;
  readonly queue: Queue;
  readonly chat: Chat;
  readonly blobs: Blobs;
  readonly policy: Policy;
  readonly playbooks: PlaybookShelf;
  readonly actions: ReadonlyMap<string, StepAction>;
  readonly pure: PureFunctions;
  readonly sources: ReadonlyMap<string, AlertSource>;
  readonly evidence: readonly EvidenceProvider[];
  readonly secrets: Secrets;
  /** None: a page is shouted into the incident's channel. */
  readonly pagers: readonly Pager[];
  readonly telemetry: Telemetry;
  /** Names this process in claims on effects. */
  readonly owner: string;
  /** Whether the process of that name has died, for certain; without it, leases alone decide. */
  readonly isSurelyDead?: (owner: string) => boolean;
  /** Pools whose steps it performs; any, unless told (rehearsals). */
  readonly pools?: readonly string[];
  /** Without one, a store that went back in time is not noticed. */
  readonly anchor?: Anchor;
  /** Without one, nothing ever leaves the store. */
  readonly archive?: Archive;
  /** After so long without a heartbeat a worker counts as lost; 15 s unless told. */
  readonly leaseMs?: number;
}

const usualLeaseMs = 15_000;
export const leaseOf = ({ leaseMs = usualLeaseMs }: World): number => leaseMs;
