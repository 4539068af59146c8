/** Elements that need more than a click: menus that ask the app, files that people pick, buttons that start a workflow. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect } from './support/socket-app.ts';
import { type Json, openWorkspace, type TestWorkspace } from './support/workspace.ts';

let slack: TestWorkspace;

beforeEach(async () => {
  slack = await openWorkspace();
});
afterEach(() => slack.close());

const plain = (text: string) => ({ type: 'plain_text', text });
const option = (value: string) => ({ text: plain(value.toUpperCase()), value });
const offered = { options: ['api', 'apollo'].map(option) };
const input = (element: Json) => ({ type: 'input', block_id: 'b', label: plain('What?'), element });
const menu = (more: Json = {}) => ({ type: 'external_select', action_id: 'service', ...more });
const modal = (element: Json) => ({
  type: 'modal',
  title: plain('A form'),
  submit: plain('Send'),
  blocks: [input(element)],
});
const as = { user: 'alice' };

/** With an app that answers whatever it is asked by `reply`. */
async function posted(element: Json, reply: Json) {
  const app = await connect(slack, { reply });
  const blocks = [{ type: 'actions', block_id: 'b', elements: [element] }];
  const { ts } = await slack.call('chat.postMessage', { channel: 'general', text: 'x', blocks });
  return { app, where: { ...as, channel: 'general', ts } };
}

async function opened(element: Json, reply: Json = {}) {
  const app = await connect(slack, { reply });
  await slack.control('command', { ...as, channel: 'general', text: '/incident list' });
  const trigger_id = app.envelopes()[0]?.payload?.trigger_id;
  const { view, ...answer } = await slack.call('views.open', { trigger_id, view: modal(element) });
  return { app, answer, where: { ...as, view_id: (view as Json | undefined)?.id } };
}

const last = (envelopes: readonly { payload?: Json }[]): Json => envelopes.at(-1)?.payload ?? {};
const firstAction = (payload: Json): unknown => (payload.actions as Json[])[0];
const asked = (value: string) => ({ block_id: 'b', action_id: 'service', value });

test('a menu asks the app for what is typed, and what the app offered can be chosen', async () => {
  const { app, where } = await posted(menu(), offered);
  expect(await slack.control('suggest', { ...where, ...asked('api') })).toMatchObject({
    ok: true,
    option_groups: [offered],
  });
  expect(last(app.envelopes())).toMatchObject({
    type: 'block_suggestion',
    user: { id: 'U0ALICE' },
    container: { type: 'message', channel_id: 'C000000001' },
    channel: { id: 'C000000001' },
    message: { text: 'x' },
    ...asked('api'),
  });
  const choice = { ...where, action_id: 'service', selected_option: 'apollo' };
  expect(await slack.control('click', choice)).toMatchObject({ ok: true });
  expect(firstAction(last(app.envelopes()))).toMatchObject({
    type: 'external_select',
    selected_option: option('apollo'),
  });
  expect(await slack.control('click', { ...choice, selected_option: 'other' })).toMatchObject({
    error: 'option_not_found',
  });
  expect(await slack.control('click', { ...choice, user: 'bob' })).toMatchObject({ error: 'option_not_found' });
});

test('the app is asked only from the third letter on, or when the element says', async () => {
  const { app, where } = await posted(menu(), offered);
  expect(await slack.control('suggest', { ...where, ...asked('ap') })).toMatchObject({ ok: true, option_groups: [] });
  expect(app.envelopes()).toEqual([]);
  const eager = await posted(menu({ min_query_length: 0 }), offered);
  await slack.control('suggest', { ...eager.where, ...asked('') });
  await expect.poll(() => [...app.envelopes(), ...eager.app.envelopes()].length).toBe(1);
});

test('a menu of a modal takes several of what was offered in groups', async () => {
  const grouped = { option_groups: [{ label: plain('Ours'), ...offered }] };
  const { app, where } = await opened(menu({ type: 'multi_external_select' }), grouped);
  expect(await slack.control('suggest', { ...where, ...asked('api') })).toMatchObject(grouped);
  expect(last(app.envelopes())).toMatchObject({ container: { type: 'view', view_id: where.view_id }, view: {} });
  await slack.control('submit', { ...where, values: { b: { service: ['api', 'apollo'] } } });
  expect(last(app.envelopes())).toMatchObject({
    view: {
      state: { values: { b: { service: { type: 'multi_external_select', selected_options: offered.options } } } },
    },
  });
});

test.each([
  ['nothing', {}],
  ['a hundred and one options', { options: Array.from({ length: 101 }, (_, i) => option(`o${i}`)) }],
  ['an option without a value', { options: [{ text: plain('x') }] }],
])('an app that offers %s is told so', async (_, reply) => {
  const { where } = await posted(menu(), reply);
  expect(await slack.control('suggest', { ...where, ...asked('api') })).toMatchObject({
    ok: false,
    error: 'invalid_options',
    detail: expect.stringContaining('json-pointer:/options'),
  });
});

test('an app that does not answer leaves the menu empty', async () => {
  const blocks = [{ type: 'actions', block_id: 'b', elements: [menu()] }];
  const { ts } = await slack.call('chat.postMessage', { channel: 'general', text: 'x', blocks });
  expect(await slack.control('suggest', { ...as, channel: 'general', ts, ...asked('api') })).toMatchObject({
    ok: false,
    error: 'dispatch_failed',
  });
});

const upload = (name: string, user = 'alice') =>
  slack.control('upload', { user, name, base64: Buffer.from(`bytes of ${name}`).toString('base64') });
const idOf = ({ file }: Json): string => String((file as Json).id);

test('files that a person picks come with the submission, and can be read', async () => {
  const { app, where } = await opened({ type: 'file_input', action_id: 'logs', filetypes: ['txt'], max_files: 2 });
  expect(await slack.control('submit', { ...where, values: {} })).toMatchObject({ error: 'input_required' });
  const ids = [idOf(await upload('a.txt')), idOf(await upload('b.txt'))];
  await slack.control('submit', { ...where, values: { b: { logs: { files: ids } } } });
  const files = ids.map((id) => expect.objectContaining({ id, filetype: 'txt', user: 'U0ALICE' }));
  expect(last(app.envelopes())).toMatchObject({
    type: 'view_submission',
    view: { state: { values: { b: { logs: { type: 'file_input', files } } } } },
  });
  const { file } = await slack.call('files.info', { file: ids[0] });
  expect(await (await fetch(String((file as Json).url_private))).text()).toBe('bytes of a.txt');
});

test('a form takes no file of another kind, of somebody else, or one too many', async () => {
  const { where } = await opened({ type: 'file_input', action_id: 'logs', filetypes: ['txt'], max_files: 1 });
  const submit = (...ids: string[]) => slack.control('submit', { ...where, values: { b: { logs: ids } } });
  const mine = idOf(await upload('a.txt'));
  expect(await submit(mine, mine)).toMatchObject({ error: 'too_many_files' });
  expect(await submit(idOf(await upload('a.exe')))).toMatchObject({ error: 'file_type_not_allowed' });
  expect(await submit(idOf(await upload('a.txt', 'bob')))).toMatchObject({ error: 'file_not_found' });
  expect(await slack.control('upload', { ...as, name: 'empty.txt', base64: '' })).toMatchObject({
    error: 'no_file_data',
  });
});

test('a file input for eleven files is refused, as the reference has it', async () => {
  const { answer } = await opened({ type: 'file_input', action_id: 'logs', max_files: 11 });
  expect(answer).toMatchObject({ error: 'invalid_arguments' });
});

test('a workflow button is Slack’s own affair: the app hears nothing of it', async () => {
  const workflow = { trigger: { url: 'https://slack.com/shortcuts/Ft0/x' } };
  const button = { type: 'workflow_button', action_id: 'go', text: plain('Go'), workflow };
  const { app, where } = await posted(button, {});
  expect(await slack.control('click', { ...where, action_id: 'go' })).toMatchObject({ ok: true, workflow });
  expect(app.envelopes()).toEqual([]);
  const without = { ...button, workflow: {} };
  const blocks = [{ type: 'actions', elements: [without] }];
  expect(await slack.call('chat.postMessage', { channel: 'general', text: 'x', blocks })).toMatchObject({
    error: 'invalid_blocks',
  });
});
