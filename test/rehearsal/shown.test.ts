/** What an approval shows of an alert is text and stays text, and what is not there keeps nobody from deciding. */
import { expect, test } from 'vitest';
import { loadPlaybook } from '../../src/playbooks/load.ts';
import { alertGroup } from '../../src/rehearsal/alerts.ts';
import { rehearse } from '../../src/rehearsal/rehearse.ts';
import { settingOf } from '../../src/rehearsal/setting.ts';
import { head, restart } from './folder.ts';

const shows = '["${{ alert.labels.note }}", alert.labels.note, "said: ${{ alert.labels.note }}", alert.labels.absent]';
const text = `${head}steps:
  - {id: ok, action: approval, with: {approvers: {roles: [responder]}, show: ${shows}}}
${restart}`;

test.each(['${{ 1 + 1 }}', 'inputs.x', '${{ playbook.name }}', 'plain'])('a label that says %j', async (note) => {
  const setting = settingOf({ hosts: ['shop-1'] });
  const loaded = loadPlaybook({ file: 'mend.yml', text }, setting.actions);
  if ('problems' in loaded) return expect.fail(JSON.stringify(loaded.problems));
  const { playbook } = loaded;
  const { run } = await rehearse(
    {
      ...{ name: 'it is shown', mode: 'manual', frozen: [], inputs: {}, mocks: {}, approvals: {}, answers: {} },
      ...{ settle: {}, expect: {} },
    },
    { ...setting, playbook, playbooks: [playbook], alert: alertGroup({ labels: { note } }, '.', 0) },
  );
  expect(run?.status).toBe('succeeded');
  const [first, second, third, absent] = run?.approvals[0]?.shown ?? [];
  expect([first, second, third]).toEqual([note, note, `said: ${note}`]);
  expect(absent).toContain('No such key: absent');
});
