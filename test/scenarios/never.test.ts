/** Alerts that get no channel, beside those that do. */
import { expect, test } from 'vitest';
import { firing, group } from '../support/alerts.ts';
import { stage } from '../support/scenario.ts';

const watchdog = group([firing('dog', { labels: { alertname: 'Watchdog' } })], { groupKey: 'watchdog' });
const trouble = group([firing('shop-1')]);
const policy = { routes: [{ match: ['alertname="Watchdog"'], channel: 'never' as const }] };

test.each([
  ['before', [watchdog, trouble]],
  ['after', [trouble, watchdog]],
])('a watchdog %s real trouble of its service neither hides it nor keeps it from ending', async (_when, groups) => {
  const on = await stage({ policy });
  for (const one of groups) await on.sends(one);
  const incidents = await on.incidents();
  expect(incidents.map(({ counts }) => counts.firing)).toEqual([1, 1]);
  expect(on.chat.channels).toHaveLength(1);
});
