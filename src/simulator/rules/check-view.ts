/** Holds a view (modal or home tab) against Slack's rules; its problems are `invalid_arguments` below `/view`. */
import { isJson, type Json, problems, refuse } from '../refusal.ts';
import type { Shape } from './blocks.ts';
import { blockProblems, check, MOST_BLOCKS } from './check-blocks.ts';

/** Slack: "view_too_large: greater than 250kb". */
const LARGEST_VIEW_BYTES = 250_000;

const title: Shape = { kind: 'text', max: 24, plain: true };
const string = (max: number): Shape => ({ kind: 'string', max });
const flag: Shape = { kind: 'boolean' };

export const VIEW_FIELDS: Readonly<Record<string, Shape>> = {
  type: { kind: 'string', max: 10, oneOf: ['modal', 'home'] },
  title,
  submit: title,
  close: title,
  private_metadata: string(3000),
  callback_id: string(255),
  external_id: string(255),
  clear_on_close: flag,
  notify_on_close: flag,
  submit_disabled: flag,
};

export function readView(value: unknown, kind: 'modal' | 'home'): Json {
  if (!isJson(value)) throw problems('invalid_arguments', ['must provide an object [json-pointer:/view]']);
  if (Buffer.byteLength(JSON.stringify(value)) > LARGEST_VIEW_BYTES) throw refuse('view_too_large');
  const found = viewProblems(value, kind);
  if (found.length) throw problems('invalid_arguments', found);
  return value;
}

function viewProblems(view: Json, kind: 'modal' | 'home'): string[] {
  const unknown = Object.keys(view).filter((name) => name !== 'blocks' && !VIEW_FIELDS[name]);
  const needed = ['type', 'blocks', ...(kind === 'modal' ? ['title'] : [])].filter((name) => view[name] === undefined);
  const hasInput = Array.isArray(view.blocks) && view.blocks.some((block) => block?.type === 'input');
  return [
    ...unknown.map((name) => `invalid additional property: ${name} [json-pointer:/view]`),
    ...needed.map((name) => `missing required field: ${name} [json-pointer:/view]`),
    ...(view.type !== undefined && view.type !== kind ? [`must be a ${kind} [json-pointer:/view/type]`] : []),
    ...(hasInput && kind === 'modal' && !view.submit ? ['missing required field: submit [json-pointer:/view]'] : []),
    ...Object.entries(VIEW_FIELDS).flatMap(([name, shape]) =>
      view[name] === undefined ? [] : check(view[name], shape, `/view/${name}`),
    ),
    ...(view.blocks === undefined ? [] : blockProblems(view.blocks, MOST_BLOCKS.view, '/view/blocks')),
  ];
}
