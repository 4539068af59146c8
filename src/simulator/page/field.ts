/** A control in which somebody chooses or writes, and what it is given to work with. */
import type { Answer, Json } from './types.ts';

export interface Field {
  node: HTMLElement;
  /** As Slack's payload has it. */
  answer(): Json;
}

export interface Means {
  /** Called when a choice is made, not at every letter. */
  onChange(): void;
  /** What the app offers for what is typed. */
  suggest(typed: string): Promise<Answer>;
}
