/** How much an incident weighs while alerts come and people say otherwise. */
import { expect, test } from 'vitest';
import { firing, group } from '../support/alerts.ts';
import { alice } from '../support/people.ts';
import { stage } from '../support/scenario.ts';

const alerts = (severity: string) =>
  group([firing(severity, { labels: { severity } })], { groupKey: `{}:{severity="${severity}"}` });

test('a worse alert of the same service raises it, a lesser one does not lower it, and the channel hears of it', async () => {
  const on = await stage();
  for (const severity of ['info', 'critical']) await on.sends(alerts(severity));
  await on.passes('1m');
  await on.sends(alerts('warning'));
  expect(await on.incidents()).toMatchObject([{ severity: 'sev1', counts: { firing: 3 } }]);
  expect(on.chat.shows('C1')).toEqual(
    expect.arrayContaining(['🔥 1 new alert firing: this is sev1 now.', '🔥 1 new alert firing.']),
  );
});

test('what a person has said it weighs is left alone', async () => {
  const on = await stage();
  await on.sends(alerts('info'));
  await on.asks(alice, { kind: 'set_severity', incident: '1', severity: 'sev4' });
  await on.sends(alerts('critical'));
  expect((await on.incident()).severity).toBe('sev4');
});
