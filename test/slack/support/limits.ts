/** Slack's limits for what the bot sends, written down a second time: from docs.slack.dev, not from the bot's code. */

type Key = 'type' | 'text' | 'fields' | 'elements' | 'action_id' | 'value' | 'url' | 'confirm' | 'title' | 'deny';
type Loose = { readonly [key in Key]?: unknown };

const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly Loose[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** Everything that is wrong with these blocks; empty where Slack would take them. */
export function blocksProblems(blocks: readonly object[]): string[] {
  const all = list(blocks);
  const ids = all.flatMap((block) => list(block.elements).map((one) => one.action_id)).filter(Boolean);
  return [
    ...(all.length > 50 ? [`${all.length} blocks`] : []),
    ...(new Set(ids).size < ids.length ? ['an action id twice'] : []),
    ...(texts(all).join('').length > 13_200 ? ['too much text'] : []),
    ...all.flatMap(blockProblems),
  ];
}

function blockProblems(block: Loose): string[] {
  if (block.type === 'divider') return [];
  if (block.type === 'header') return text(block.text, 150, 'plain_text');
  if (block.type === 'context')
    return count(block.elements, 10).concat(list(block.elements).flatMap((one) => text(one, 3000)));
  if (block.type === 'actions') return count(block.elements, 25).concat(list(block.elements).flatMap(button));
  if (block.type !== 'section') return [`unknown block ${String(block.type)}`];
  if (block.fields === undefined) return text(block.text, 3000);
  return count(block.fields, 10).concat(list(block.fields).flatMap((one) => text(one, 2000)));
}

const count = (some: unknown, most: number): string[] =>
  list(some).length >= 1 && list(some).length <= most ? [] : [`${list(some).length} elements`];

function text(value: unknown, most: number, type?: string): string[] {
  if (!isObject(value) || typeof value.text !== 'string') return ['no text'];
  const shown = value.text;
  if (type && value.type !== type) return [`not ${type}`];
  return [
    ...(shown.length < 1 || shown.length > most ? [`${shown.length} characters of ${most}`] : []),
    ...(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u.test(shown) || !shown.isWellFormed()
      ? ['invisible characters']
      : []),
    ...(value.type === 'mrkdwn' ? markup(shown) : []),
  ];
}

/** Only dates, users by id and links to the web may be marked up. */
function markup(shown: string): string[] {
  const left = shown.replace(
    /<(!date\^\d+\^\{date_short_pretty\} \{time_secs\}\|[^<>]+|@[UW][A-Z0-9]+|#[CGD][A-Z0-9]+|https?:\/\/[^<>|\s]+\|[^<>]+)>/g,
    '',
  );
  return /[<>]/.test(left) || /&(?!amp;|lt;|gt;)/.test(left) ? [`markup in ${left.slice(0, 200)}`] : [];
}

function button(one: Loose): string[] {
  const confirm = isObject(one.confirm) ? one.confirm : undefined;
  return [
    ...text(one.text, 75, 'plain_text'),
    ...(String(one.action_id).length > 255 ? ['action id'] : []),
    ...(String(one.value ?? '').length > 2000 ? ['a value that is too long'] : []),
    ...(String(one.url ?? '').length > 3000 ? ['an address that is too long'] : []),
    ...(confirm
      ? [
          ...text(confirm.title, 100, 'plain_text'),
          ...text(confirm.text, 300),
          ...text(confirm.confirm, 30),
          ...text(confirm.deny, 30),
        ]
      : []),
  ];
}

function texts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(texts);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    key === 'text' && typeof one === 'string' ? [one] : texts(one),
  );
}
