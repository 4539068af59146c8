/** Forms in Slack: opened at once on a click or a command, filled in, answered at the field; the real Bolt throughout. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Form } from '../../src/domain/form.ts';
import type { Button } from '../../src/domain/message.ts';
import { notingDesk, openWorkspace, sentence, type Workspace } from './support/workspace.ts';

let slack: Workspace;

beforeEach(async () => {
  slack = await openWorkspace();
});

afterEach(() => slack.close());

const field = (name: string, over: Partial<Form['fields'][number]> = {}): Form['fields'][number] => ({
  ...{ name, label: name, hint: '', kind: 'text', choices: [], initial: '', optional: false },
  ...over,
});

const why: Form = {
  title: 'Approve exactly this, whatever it is?',
  text: [{ text: 'restart <shop-1>' }],
  submit: 'Approve',
  fields: [field('comment', { kind: 'lines', maxLength: 1000 })],
  does: { intent: 'approve', ref: 'run-1/gate.1/abcdef' },
};

const inputs: Form = {
  title: 'Run a playbook',
  text: [],
  submit: 'Run',
  fields: [
    field('host', { initial: 'shop-1', hint: 'It is a host of the inventory.' }),
    field('replicas', { kind: 'integer', initial: '3', minimum: 1, maximum: 9 }),
    field('factor', { kind: 'number', optional: true }),
    field('drain', { kind: 'yes_no', initial: 'true' }),
    field('size', { kind: 'choice', choices: ['small', 'large'], initial: 'large' }),
    field('note', { kind: 'lines', optional: true }),
  ],
  does: { intent: 'run_playbook', playbook: 'hash', incident: 'channel:C1' },
};

async function click(button: Button, user = 'bob') {
  const content = { summary: 'card', sections: [{ kind: 'buttons' as const, buttons: [button] }] };
  const { ts } = await slack.chat.post({ channel: 'general', content, key: 'card', maybePosted: false, urgency: 0 });
  const [shown] = (await slack.messagesIn('general')).filter((message) => message.ts === ts);
  const [{ elements = [] } = {}] = (shown?.blocks ?? []) as { elements?: { action_id: string }[] }[];
  return slack.control('click', { user, channel: 'general', ts, action_id: elements[0]?.action_id });
}

const approveFirst: Button = { label: 'Approve…', does: { form: 'approve', ref: 'run-1/gate.1/abcdef' } };

interface View {
  readonly id: string;
  readonly title: { readonly text: string };
  readonly blocks: readonly { readonly type: string; readonly block_id?: string; readonly text?: { text: string } }[];
}
const views = (user = 'bob') => slack.look<View[]>(`views?user=${user}`);
const submit = async (values: object, user = 'bob') => {
  const [view] = await views(user);
  return slack.control('submit', { user, view_id: view?.id, values });
};
const said = async (user = 'bob') => (await views(user))[0]?.blocks[0]?.text?.text;

test('a click that wants a comment opens a form, and what is written there is the comment of the approval', async () => {
  const { desk, intents, form } = notingDesk();
  form.current = () => why;
  await slack.slack.listen(desk);
  expect(await click(approveFirst)).toMatchObject({ acked: true });
  await expect.poll(() => views()).toMatchObject([{ title: { text: 'Approve exactly this, w…' } }]);
  expect(intents).toEqual([]);
  expect(await submit({})).toMatchObject({ ok: false, error: 'input_required' });
  expect(await submit({ comment: { value: ' looked at it ' } })).toEqual({ ok: true });
  expect(await views()).toEqual([]);
  expect(intents).toMatchObject([
    {
      ...{ kind: 'approve', run: 'run-1', approval: 'gate.1', digest: 'abcdef', comment: 'looked at it' },
      ...{ by: { user: 'U0BOB', standing: 'member' }, id: expect.stringMatching(/^slack:./) },
    },
  ]);
  expect(await slack.whispersTo('bob')).toEqual([]);
});

test('the desk is told whether the person wants to be asked, or only clicked', async () => {
  const { desk, form } = notingDesk();
  const asked: unknown[] = [];
  form.current = (intent, wants) => void asked.push([intent.kind, wants]);
  await slack.slack.listen(desk);
  await click({ label: 'Reject…', does: { form: 'reject', ref: 'run-1/gate.1/abcdef' } });
  await click({ label: 'Answer…', does: { form: 'answer', ref: 'run-1/ask' } });
  await click({ label: 'Run', does: { intent: 'run_playbook', ref: 'hash/inc-1' } });
  expect(asked).toEqual([
    ['reject', true],
    ['answer', true],
    ['run_playbook', false],
  ]);
});

test('a form has a field of its own kind for each input, prefilled, and sends them by name', async () => {
  const { desk, intents, form } = notingDesk();
  form.current = () => inputs;
  await slack.slack.listen(desk);
  expect(await slack.command('/playbook run scale')).toMatchObject({ acked: true });
  await expect.poll(() => views('alice')).toHaveLength(1);
  const [view] = await views('alice');
  expect(view?.blocks).toMatchObject([
    { type: 'input', block_id: 'host', element: { type: 'plain_text_input', initial_value: 'shop-1' } },
    {
      element: { type: 'number_input', is_decimal_allowed: false, initial_value: '3', min_value: '1', max_value: '9' },
    },
    { element: { type: 'number_input', is_decimal_allowed: true }, optional: true },
    { element: { type: 'radio_buttons', initial_option: { value: 'true' } } },
    { element: { type: 'static_select', initial_option: { value: 'large' } } },
    { element: { type: 'plain_text_input', multiline: true } },
  ]);
  await submit({ host: { value: 'shop-2' }, drain: { value: 'false' }, note: { value: '  ' } }, 'alice');
  expect(intents).toMatchObject([
    {
      ...{ kind: 'run_playbook', playbook: 'hash', incident: 'channel:C1' },
      inputs: { host: 'shop-2', replicas: '3', drain: 'false', size: 'large' },
    },
  ]);
});

test('what the engine refuses in a field is said at that field, and the form stays open', async () => {
  const { desk, form, refusal } = notingDesk();
  form.current = () => inputs;
  refusal.current = { done: false, reason: 'inputs_invalid', problems: { host: 'Must be a host.', nowhere: 'Lost.' } };
  await slack.slack.listen(desk);
  await slack.command('/playbook run scale', { user: 'bob' });
  await expect.poll(() => views()).toHaveLength(1);
  expect(await submit({})).toEqual({ ok: true, response_action: 'errors', errors: { host: 'Must be a host.' } });
  expect(await views()).toHaveLength(1);
});

test('a refusal that no field is to blame for takes the place of the form', async () => {
  const { desk, form, refusal } = notingDesk();
  form.current = () => why;
  refusal.current = { done: false, reason: 'not_an_approver', message: sentence('You are not among its approvers.') };
  await slack.slack.listen(desk);
  await click(approveFirst);
  await expect.poll(() => views()).toHaveLength(1);
  expect(await submit({ comment: { value: 'please' } })).toMatchObject({ response_action: 'update' });
  expect(await said()).toBe('You are not among its approvers.');
});

test('a slow desk is acknowledged in time, and the form tells the end of it', async () => {
  const gate = Promise.withResolvers<void>();
  const { desk, form } = notingDesk(() => gate.promise);
  form.current = () => why;
  await slack.slack.listen(desk);
  await click(approveFirst);
  await expect.poll(() => views()).toHaveLength(1);
  expect(await submit({ comment: { value: 'yes' } })).toMatchObject({ response_action: 'update' });
  expect(await said()).toContain('working on it');
  gate.resolve();
  await expect.poll(() => said()).toBe('Done.');
});

test('when the desk fails, the form does not say that it was done or that it was not', async () => {
  const { desk, form } = notingDesk(() => Promise.reject(new Error('redis is gone')));
  form.current = () => why;
  await slack.slack.listen(desk);
  await click(approveFirst);
  await expect.poll(() => views()).toHaveLength(1);
  await submit({ comment: { value: 'yes' } });
  expect(await said()).toContain('not known whether it was taken');
});

test('where Slack does not let the form open, the person hears what to type instead', async () => {
  const { desk, intents, form } = notingDesk();
  form.current = () => why;
  await slack.slack.listen(desk);
  await slack.fault({ kind: 'error', method: 'views.open', error: 'expired_trigger_id' });
  await click(approveFirst);
  await expect
    .poll(() => slack.whispersTo('bob'))
    .toMatchObject([{ text: expect.stringContaining('/playbook approve run-1 &lt;comment&gt;') }]);
  expect(intents).toEqual([]);
});

test('a click that Slack delivers twice opens one form, and nobody is told of trouble', async () => {
  const { desk, form } = notingDesk();
  form.current = () => why;
  await slack.slack.listen(desk);
  await slack.control('faults', { duplicate_envelopes: true });
  await click(approveFirst);
  await expect.poll(() => slack.calls('views.open')).toBe(2);
  expect(await views()).toHaveLength(1);
  expect(await slack.whispersTo('bob')).toEqual([]);
});

test('what cannot be asked any more is said, and nothing is done', async () => {
  const { desk, intents, form } = notingDesk();
  form.current = () => sentence('This has been decided already.');
  await slack.slack.listen(desk);
  await click(approveFirst);
  await expect.poll(() => slack.whispersTo('bob')).toMatchObject([{ text: 'This has been decided already.' }]);
  expect(intents).toEqual([]);
});
