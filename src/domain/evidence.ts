/** What was found for an incident: a link or a picture, with its source and time. */
import type { Instant } from './ids.ts';

export type Evidence = Link | Picture;

export interface Link {
  readonly kind: 'link';
  readonly title: string;
  readonly url: string;
  readonly source: string;
  readonly at: Instant;
}

export interface Picture {
  readonly kind: 'picture';
  readonly title: string;
  /** What it shows, for who cannot see it. */
  readonly alt: string;
  /** Where the bytes are (a `blobs/` key). */
  readonly blob: string;
  readonly source: string;
  readonly at: Instant;
}
