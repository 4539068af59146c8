/** The reference of the language as a page: every key, every action, every rule, from what the loader itself knows. */
import type { JsonObject } from '../domain/json.ts';
import type { StepAction } from '../engine/ports.ts';
import { asList, asObject } from './raw.ts';
import { rowsOf, table } from './reference-tables.ts';
import { rules } from './rules.ts';
import { languageSchema } from './schema.ts';

export function playbookReference(actions: readonly StepAction[]): string {
  const schema = languageSchema();
  const definitions = asObject(schema.definitions);
  const part = (name: string) => asObject(definitions[name]);
  return [
    intro,
    '## A playbook',
    keysOf(schema),
    '## A trigger',
    'One of `alert`, `watch` and `manual`; an alert that is over never starts a run.',
    keysOf(part('Trigger')),
    '## An input',
    keysOf(part('Input')),
    '## A step',
    'It has an `action`, or `parallel` with steps of their own beside nothing but `id`, `name`, `if` and `continue_on_error`.',
    keysOf(part('Step')),
    '## Steps elsewhere',
    ...elsewhere.map(({ name, words }) => `${words} ${differences(part(name), part('Step'))}`),
    '## A verify',
    keysOf(part('Verify')),
    expressions,
    '## Actions',
    'An argument may be a `${{ }}` whatever its type, unless it says otherwise.',
    ...[...actions].sort((a, b) => (a.id < b.id ? -1 : 1)).flatMap(actionPart),
    '## Rules',
    'What `tocsin` may say of a playbook. All problems of a file are told at once, each as `file:line:column  rule  words`.',
    table(
      ['rule', 'what is the matter', 'what to do'],
      Object.entries(rules).map(([code, { what, advice }]) => [`\`${code}\``, what, advice]),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

const intro = `# Reference of the playbook language

Written by the program itself; \`UPDATE_SCHEMA=1 npm test -- test/playbooks\` writes it anew. The editor knows the same from
\`playbooks/playbook.schema.json\`, by the first line of a playbook:
\`# yaml-language-server: $schema=./playbook.schema.json\`.

Times are whole numbers with a unit each: \`30s\`, \`5m\`, \`1h30m\`. Names of steps, inputs and secrets are small letters, digits
and \`_\`. Unknown keys, keys that stand twice, merge keys and tags are errors; anchors and aliases are allowed.`;

const expressions = `## Expressions

\`$${'{{ … }}'}\` holds an expression in [CEL](https://cel.dev). It is filled in once: what a value holds is never looked at again. As the
whole value it keeps its type; inside a text it becomes text, and a list or an object cannot stand there. Whole numbers are
\`int\`, others \`double\`; the two can be mixed. \`matches()\` takes RE2. What may not be there (a label, an output of a step that was
passed over or came after the failure) is asked for by \`.?\`: \`alert.labels.?team.orValue('nobody')\`.

| root | holds | stands |
| --- | --- | --- |
| \`inputs\` | what the run was given | everywhere |
| \`alert\` | \`labels\`, \`annotations\`, \`startsAt\`, \`fingerprint\`; absent where no alert started it | everywhere |
| \`incident\` | \`id\`, \`number\`, \`title\`, \`severity\`, \`service\` | everywhere |
| \`playbook\` | \`id\`, \`name\` | everywhere |
| \`run\` | \`id\`, \`mode\`, \`url\`; at the end also \`state\` and \`outcome\` | everywhere; the latter in \`on_failure\`, \`on_cancel\`, \`finally\` |
| \`steps\` | \`steps.ID.outputs.NAME\` of steps that have ended; of a \`foreach\`, \`steps.ID.outputs.items\` | in steps and \`max_change\` |
| \`result\` | what the action gave | \`outputs\`, \`expect\`, and \`assert\` where the action reads |
| \`item\` | the entry of the list | in a step with \`foreach\` and its rollback |
| \`secrets\` | references, never values | alone, in arguments that take a secret |`;

const elsewhere = [
  { name: 'ParallelStep', words: 'In `parallel`:' },
  { name: 'Rollback', words: 'In `rollback`:' },
  { name: 'ClosingStep', words: 'In `on_failure`, `on_cancel` and `finally`:' },
];

const keysOf = (schema: JsonObject): string => table(['key', 'type', 'default', 'what it says'], rowsOf(schema));

/** "the keys of a step without …; needs …". */
function differences(schema: JsonObject, step: JsonObject): string {
  const names = Object.keys(asObject(schema.properties));
  const without = Object.keys(asObject(step.properties)).filter((name) => !names.includes(name));
  return `the keys of a step without ${words(without)}; needs ${words(asList(schema.required).map(String))}.`;
}

const words = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

function actionPart(action: StepAction): readonly string[] {
  const { id, summary, effects, outputs } = action;
  const [usual, ...others] = effects.map((effect) => `\`${effect}\``);
  const narrowed = action.effectsOf ? '; its arguments narrow that' : '';
  const rows = argumentRows(action);
  return [
    `### \`${id}\``,
    summary,
    ...(rows.length ? [table(['argument', 'type', 'default', 'what it says'], rows)] : []),
    `Effect: ${usual}${others.length ? `, or as declared ${others.join(', ')}` : ''}${narrowed}. Outputs: ${outputs.length ? words(outputs) : 'none'}.`,
  ];
}

/** What is inside of a secret is for nobody to write. */
function argumentRows(action: StepAction): readonly (readonly string[])[] {
  const { codeFields, secretFields } = action;
  return rowsOf(action.schema).flatMap(([key = '', type = '', standing = '', says = '']) => {
    const name = key.replaceAll('`', '');
    if (secretFields.some((field) => name.startsWith(`${field}.`))) return [];
    if (secretFields.includes(name)) {
      const kind = type.startsWith('map of names') ? 'map of names to secrets' : 'secret';
      return [[key, kind, standing, `${says}: \`$${'{{ secrets.NAME }}'}\` and nothing else`]];
    }
    const code = codeFields.find((field) => field === name || field.startsWith(`${name}[`));
    const where = code === name ? 'it' : `\`${code}\``;
    return [[key, type, standing, code === undefined ? says : `${says}. No \`$${'{{ }}'}\` in ${where}.`]];
  });
}
