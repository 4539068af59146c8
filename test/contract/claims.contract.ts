/** What every store promises of claims that people may ask to see: locks and what guards hold. */
import { describe, expect, test } from 'vitest';
import { change, type Open, until } from './fixtures.ts';

export function claimsContract(open: Open): void {
  describe('claims that are shown', () => {
    test('are found by the beginning of their keys, in order, as many as wanted', async () => {
      const { store, second } = await open();
      const claims = ['lock/host/b', 'lock/host/a', 'lock/group/db', 'guard/breaker/restart/a', 'route/am/x', 'stop'];
      await store.commit(change({ claims: claims.map((key) => ({ key, set: `by ${key}` })) }));
      const keys = async (prefix: string, limit = 10) =>
        (await second.claimsUnder(prefix, limit)).map(({ key, value }) => (value === `by ${key}` ? key : 'wrong'));
      expect(await keys('lock/')).toEqual(['lock/group/db', 'lock/host/a', 'lock/host/b']);
      expect(await keys('lock/host/')).toEqual(['lock/host/a', 'lock/host/b']);
      expect(await keys('lock/', 1)).toEqual(['lock/group/db']);
      expect(await keys('lock/', 0)).toEqual([]);
      expect(await keys('guard/')).toEqual(['guard/breaker/restart/a']);
      expect(await keys('guard/cooldown/')).toEqual([]);
    });

    test('show what they hold now, and are gone once given back', async () => {
      const { store } = await open();
      await store.commit(change({ claims: [{ key: 'lock/a', expect: null, set: 'one' }] }));
      await store.commit(change({ version: 1, claims: [{ key: 'lock/a', expect: 'one', set: 'two' }] }));
      await store.commit(change({ version: 2, claims: [{ key: 'lock/a', expect: 'two' }] }));
      expect(await store.claimsUnder('lock/', 10)).toEqual([{ key: 'lock/a', value: 'two' }]);
      await store.commit(change({ version: 3, claims: [{ key: 'lock/a', expect: 'two', set: null }] }));
      expect(await store.claimsUnder('lock/', 10)).toEqual([]);
    });

    test('leave by themselves when their time is over, and stay where they were written anew without one', async () => {
      const { store } = await open();
      const brief = (key: string) => ({ key, set: '1', ttlMs: 40 });
      await store.commit(change({ claims: [brief('guard/runs/a'), brief('guard/breaker/b')] }));
      await store.commit(change({ version: 1, claims: [{ key: 'guard/breaker/b', expect: '1', set: 'open' }] }));
      await until(async () => (await store.claimsUnder('guard/', 10)).length === 1);
      expect(await store.claimsUnder('guard/', 10)).toEqual([{ key: 'guard/breaker/b', value: 'open' }]);
    });
  });
}
