/** Versions of Tocsin that are broken on purpose, and what the count must find of each: else the suite sees nothing. */
import type { Case } from './case.ts';
import { allOf } from './sights.ts';

export interface Control extends Case {
  readonly what: string;
  readonly finds: 'lost' | 'doubled';
}

export const controls: readonly Control[] = [
  {
    what: 'a Tocsin that never looks before it posts again',
    flaw: 'posts_blindly',
    cut: { at: 'effect', kind: 'post_card', moment: 'after_act' },
    until: (sight) => allOf(sight, 'card').length > 1,
    finds: 'doubled',
  },
  {
    what: 'a Tocsin that acknowledges what it has not stored',
    flaw: 'keeps_in_mind',
    cut: { at: 'inbox', moment: 'after_put' },
    withinMs: 12_000,
    finds: 'lost',
  },
];
