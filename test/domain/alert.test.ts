/** What is news in an alert group, and what is only said again, late or out of order. */
import { describe, expect, test } from 'vitest';
import { type Alert, type AlertRecord, newsIn } from '../../src/domain/alert.ts';
import { firing, group, nine, resolved } from '../support/alerts.ts';
import { now, record } from '../support/facts.ts';

const minute = 60_000;
const later = { startsAt: nine + minute };
const ended: Partial<AlertRecord> = { status: 'resolved', endsAt: nine + 1 };
const justNow = { ...ended, since: now - 1_000 };

const kindOf = (alert: Alert, known: AlertRecord | undefined): string => {
  const news = newsIn(group([alert]), new Map(known ? [[known.fingerprint, known]] : []), { now, lateMs: 10_000 });
  return Object.entries(news).find(([, some]) => some.length)?.[0] ?? 'no news';
};

describe('an alert', () => {
  test.each`
    known                                  | arrives                                         | news            | because
    ${undefined}                           | ${firing('a')}                                  | ${'fired'}      | ${'it is heard of for the first time'}
    ${undefined}                           | ${resolved('a')}                                | ${'overBefore'} | ${'it is over before its beginning was heard'}
    ${record('a')}                         | ${firing('a')}                                  | ${'no news'}    | ${'it is a repeat, or a second Alertmanager'}
    ${record('a')}                         | ${resolved('a')}                                | ${'resolved'}   | ${'it ended'}
    ${record('a', ended)}                  | ${resolved('a')}                                | ${'no news'}    | ${'its end is a repeat'}
    ${record('a', ended)}                  | ${firing('a', later)}                           | ${'firedAgain'} | ${'it began anew'}
    ${record('a', justNow)}                | ${firing('a')}                                  | ${'no news'}    | ${'its beginning arrives late'}
    ${record('a', ended)}                  | ${firing('a')}                                  | ${'firedAgain'} | ${'Alertmanager keeps the start of one that timed out'}
    ${record('a', justNow)}                | ${firing('a', later)}                           | ${'firedAgain'} | ${'a later start is never late'}
    ${record('a', later)}                  | ${resolved('a', { endsAt: nine + minute })}     | ${'no news'}    | ${'the end of an earlier firing arrives late'}
    ${record('a', later)}                  | ${resolved('a', { endsAt: nine + 2 * minute })} | ${'resolved'}   | ${'two Prometheus began apart, and it ended for both'}
    ${record('a', { ...ended, ...later })} | ${firing('a')}                                  | ${'no news'}    | ${'an earlier beginning arrives late'}
    ${record('a')}                         | ${firing('a', later)}                           | ${'moved'}      | ${'it ended and began unheard, and fires all the same'}
    ${record('a', ended)}                  | ${resolved('a', later)}                         | ${'moved'}      | ${'it began and ended unheard'}
  `('$known.status → $arrives.status: $news, since $because', ({ known, arrives, news }) => {
    expect(kindOf(arrives, known)).toBe(news);
  });

  test('twice in one group counts once, as it was said last', () => {
    const news = newsIn(group([firing('a'), resolved('a')]), new Map(), { now, lateMs: 0 });
    expect([news.fired.length, news.overBefore.length]).toEqual([0, 1]);
  });

  test('that began and ended unheard makes its own beginning late', () => {
    const [moved] = newsIn(group([resolved('a', later)]), new Map([['a', record('a', ended)]]), {
      now,
      lateMs: 10_000,
    }).moved;
    expect(kindOf(firing('a', later), moved)).toBe('no news');
  });

  test('keeps since when it fires, though its start moved', () => {
    const [moved] = newsIn(group([firing('a', later)]), new Map([['a', record('a')]]), { now, lateMs: 0 }).moved;
    expect(moved).toMatchObject({ since: nine, startsAt: nine + minute });
  });
});
