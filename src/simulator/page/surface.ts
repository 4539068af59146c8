/** A message or view that can be used: it collects what its fields say and sends what is clicked, each thing once at a time. */
import { post } from './api.ts';
import type { Field } from './field.ts';
import { makeField } from './fields.ts';
import { isConfirmed, toast } from './notices.ts';
import type { Answer, Json } from './types.ts';

export interface Surface {
  /** The control of an element. In an input block it waits for Submit, elsewhere each choice is sent at once. */
  field(element: Json, blockId: string, isSent: boolean): HTMLElement;
  press(element: Json, blockId: string, more?: Json): Promise<void>;
  /** By block and action, as `submit` takes it. */
  values(): Record<string, Record<string, Json>>;
}

interface SurfaceOptions {
  /** Where the control API finds it: channel and time, or the view's id. */
  where: Json;
  onAnswer(answer: Answer): void;
}

export function surface({ where, onAnswer }: SurfaceOptions): Surface {
  const fields: { blockId: string; actionId: string; field: Field }[] = [];
  const busy = new Set<unknown>();

  const values = () => {
    const all: Record<string, Record<string, Json>> = {};
    for (const { blockId, actionId, field } of fields) all[blockId] = { ...all[blockId], [actionId]: field.answer() };
    return all;
  };

  const press = async (element: Json, blockId: string, more: Json = {}) => {
    const { action_id, value } = element;
    if (busy.has(action_id) || !(await isConfirmed(element.confirm as Json | undefined))) return;
    busy.add(action_id);
    // An edit may just have given the block another name: a button is known by its action and value all the same.
    const isButton = element.type === 'button' || element.type === 'workflow_button';
    const chosen = isButton ? { ...(value === undefined ? {} : { value }) } : { block_id: blockId, ...more };
    const answer = await post('click', { ...where, action_id, values: values(), ...chosen });
    onAnswer(answer);
    if (answer.ok && answer.workflow) toast('Slack would start the workflow now. Workflows are not simulated.');
    busy.delete(action_id);
  };

  return {
    values,
    press,
    field: (element, blockId, isSent) => {
      const { action_id } = element;
      const field = makeField(element, {
        onChange: () => {
          if (isSent) void press(element, blockId, field.answer());
        },
        suggest: (value) => post('suggest', { ...where, block_id: blockId, action_id, value }),
      });
      fields.push({ blockId, actionId: String(action_id), field });
      field.node.dataset.focus = `${blockId}/${action_id}`;
      return field.node;
    },
  };
}
