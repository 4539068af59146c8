/** Holds blocks against the Block Kit table and words each problem as Slack does, with a JSON pointer. */
import { isJson, type Json, problems, refuse } from '../refusal.ts';
import { BLOCKS, ELEMENTS, OBJECTS, type Row, type Shape, TEXT_TYPES } from './blocks.ts';

/** Slack: 50 blocks a message, 100 a modal or home tab. */
export const MOST_BLOCKS = { message: 50, view: 100 } as const;
/** Not in the reference; met by apps at about 13,200 characters of text in all blocks together. */
const LONGEST_BLOCKS = 13_200;
const LONGEST_ID = 255;

const here = (problem: string, pointer: string) => [`${problem} [json-pointer:${pointer || '/'}]`];

export function checkMessageBlocks(blocks: Json[]): void {
  const found = blockProblems(blocks, MOST_BLOCKS.message, '/blocks');
  if (found.length) throw problems('invalid_blocks', found);
  if (lengthOfTexts(blocks) > LONGEST_BLOCKS) throw refuse('msg_blocks_too_long');
}

export function blockProblems(blocks: unknown, most: number, pointer: string): string[] {
  if (!Array.isArray(blocks)) return here('must provide an array', pointer);
  if (blocks.length > most) return here(`no more than ${most} items allowed`, pointer);
  return [
    ...blocks.flatMap((block, i) => oneBlock(block, `${pointer}/${i}`)),
    ...duplicates(blocks.map((block) => block?.block_id)).map(
      (id) => `block_id already exists: ${id} [json-pointer:${pointer}]`,
    ),
  ];
}

function oneBlock(block: unknown, pointer: string): string[] {
  if (!isJson(block)) return here('must provide an object', pointer);
  const row = BLOCKS[String(block.type)];
  if (!row) return here(`unsupported type: ${String(block.type)}`, `${pointer}/type`);
  const repeated = duplicates(actionIds(block));
  return [
    ...fields(block, { ...row, fields: { ...row.fields, block_id: { kind: 'string', max: LONGEST_ID } } }, pointer),
    ...repeated.flatMap((id) => here(`action_id already exists: ${id}`, pointer)),
  ];
}

function fields(value: Json, row: Row, pointer: string): string[] {
  const missing = row.required.filter((name) => value[name] === undefined);
  const lacksEither = row.either && !row.either.some((name) => value[name] !== undefined);
  const unknown = Object.keys(value).filter((name) => name !== 'type' && !row.fields[name]);
  return [
    ...missing.flatMap((name) => here(`missing required field: ${name}`, pointer)),
    ...(lacksEither ? here(`must define either ${row.either?.join(' or ')}`, pointer) : []),
    ...unknown.flatMap((name) => here(`invalid additional property: ${name}`, pointer)),
    ...Object.entries(row.fields).flatMap(([name, shape]) =>
      value[name] === undefined ? [] : check(value[name], shape, `${pointer}/${name}`),
    ),
  ];
}

export function check(value: unknown, shape: Shape, pointer: string): string[] {
  if (shape.kind === 'any') return [];
  if (shape.kind === 'boolean') return typeof value === 'boolean' ? [] : here('must provide a boolean', pointer);
  if (shape.kind === 'number') return checkNumber(value, shape, pointer);
  if (shape.kind === 'string') return checkString(value, shape, pointer);
  if (shape.kind === 'list') return checkList(value, shape, pointer);
  if (!isJson(value)) return here('must provide an object', pointer);
  if (shape.kind === 'text') return checkText(value, shape, pointer);
  if (shape.kind === 'row') return fields(value, OBJECTS[shape.name] ?? { fields: {}, required: [] }, pointer);
  return checkTyped(value, shape.among, pointer);
}

function checkNumber(value: unknown, { min, max }: { min?: number; max?: number }, pointer: string): string[] {
  if (typeof value !== 'number') return here('must provide a number', pointer);
  if (min !== undefined && value < min) return here(`must be at least ${min}`, pointer);
  if (max !== undefined && value > max) return here(`must be less than ${max + 1}`, pointer);
  return [];
}

function checkString(
  value: unknown,
  { max, oneOf }: { max: number; oneOf?: readonly string[] },
  pointer: string,
): string[] {
  if (typeof value !== 'string') return here('must provide a string', pointer);
  if (value.length > max) return here(`must be less than ${max + 1} characters`, pointer);
  if (oneOf && !oneOf.includes(value)) return here(`unsupported value: ${value}`, pointer);
  return [];
}

function checkList(
  value: unknown,
  { of, max, min }: { of: Shape; max: number; min: number },
  pointer: string,
): string[] {
  if (!Array.isArray(value)) return here('must provide an array', pointer);
  if (value.length > max) return here(`no more than ${max} items allowed`, pointer);
  if (value.length < min) return here(`must have at least ${min} item${min === 1 ? '' : 's'}`, pointer);
  return value.flatMap((one, i) => check(one, of, `${pointer}/${i}`));
}

function checkText(value: Json, { max, plain }: { max: number; plain: boolean }, pointer: string): string[] {
  const type = String(value.type);
  if (plain ? type !== 'plain_text' : !TEXT_TYPES.includes(type))
    return here(`unsupported type: ${type}`, `${pointer}/type`);
  const text = value.text;
  if (text === '') return here('must be more than 0 characters', `${pointer}/text`);
  const unknown = Object.keys(value).filter((name) => !['type', 'text', 'emoji', 'verbatim'].includes(name));
  return [
    ...unknown.flatMap((name) => here(`invalid additional property: ${name}`, pointer)),
    ...checkString(text, { max }, `${pointer}/text`),
  ];
}

function checkTyped(value: Json, among: readonly string[], pointer: string): string[] {
  const type = String(value.type);
  if (!among.includes(type)) return here(`unsupported type: ${type}`, `${pointer}/type`);
  // Slack gives no length for a text in a context block; the longest text anywhere is a section's.
  if (TEXT_TYPES.includes(type)) return checkText(value, { max: 3000, plain: false }, pointer);
  const row = ELEMENTS[type];
  return row ? fields(value, row, pointer) : [];
}

const actionIds = (block: Json): unknown[] => {
  const elements = Array.isArray(block.elements) ? block.elements : [];
  return [...elements, block.accessory, block.element].map((one) => (isJson(one) ? one.action_id : undefined));
};

const duplicates = (ids: unknown[]): string[] => {
  const given = ids.filter((id) => id !== undefined).map(String);
  return [...new Set(given.filter((id, i) => given.indexOf(id) !== i))];
};

function lengthOfTexts(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + lengthOfTexts(one), 0);
  if (!isJson(value)) return 0;
  const own = typeof value.text === 'string' ? value.text.length : 0;
  return own + Object.values(value).reduce<number>((sum, one) => sum + lengthOfTexts(one), 0);
}
