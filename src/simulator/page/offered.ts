/** A menu whose options the app offers for what is typed. */
import { complaint } from './api.ts';
import { button, h, type Row, showRows } from './dom.ts';
import type { Field } from './field.ts';
import { textOf, wordsOf } from './text.ts';
import type { Answer, Json } from './types.ts';

/** Slack: unless `min_query_length` says otherwise. */
const SHORTEST_QUERY = 3;

interface Offering {
  isMulti: boolean;
  suggest(typed: string): Promise<Answer>;
}

let menus = 0;

export function offered(element: Json, { isMulti, suggest }: Offering): Field {
  menus += 1;
  const id = `offered-${menus}`;
  const least = Number(element.min_query_length ?? SHORTEST_QUERY);
  const list = h('div', { class: 'offered-list', attributes: { id, role: 'listbox', hidden: '' } });
  const box = h('input', {
    class: 'field',
    attributes: { role: 'combobox', 'aria-controls': id, autocomplete: 'off' },
  });
  const tags = h('div', { class: 'tags' });
  const node = h('div', { class: 'offered' }, tags, box, list);
  let chosen = initialOf(element);
  let found: Json[] = [];
  let at = 0;
  let asked = 0;

  box.placeholder = wordsOf(element.placeholder) || (least ? `Type ${least} letters or more` : 'Search…');

  const show = (rows: readonly Row[]) => {
    showRows(list, rows);
    list.hidden = !rows.length;
    box.setAttribute('aria-expanded', String(!list.hidden));
  };
  const close = () => {
    found = [];
    show([]);
  };
  const showChosen = () => {
    if (!isMulti) box.value = wordsOf(chosen[0]?.text);
    else showRows(tags, chosen.map(tagRow));
  };
  const told = () => {
    showChosen();
    node.dispatchEvent(new Event('change'));
  };
  const tagRow = (option: Json): Row => ({
    key: String(option.value),
    stamp: '',
    make: () =>
      button(
        { class: 'tag', label: `Take out ${wordsOf(option.text)}`, onClick: () => drop(option) },
        textOf(option.text),
        ' ×',
      ),
  });
  const drop = (option: Json) => {
    chosen = chosen.filter(({ value }) => value !== option.value);
    told();
  };
  const take = (option: Json | undefined) => {
    if (!option) return;
    chosen = isMulti ? [...chosen.filter(({ value }) => value !== option.value), option] : [option];
    box.value = '';
    close();
    told();
    box.focus();
  };
  const showFound = () => show(found.map((option, i) => optionRow(option, { isChosen: i === at, take })));

  const ask = async () => {
    const typed = box.value.trim();
    if (!isMulti) chosen = [];
    asked += 1;
    const turn = asked;
    if (typed.length < least) return close();
    const answer = await suggest(typed);
    // Whoever types fast gets the answer to the last letter only.
    if (turn !== asked) return;
    found = optionsIn(answer);
    at = 0;
    if (found.length) showFound();
    else show([wordRow(answer.ok ? 'Nothing is found.' : complaint(answer))]);
  };

  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => take(found[at]),
    Escape: close,
  };
  const move = (step: number) => {
    at = (at + step + found.length) % Math.max(1, found.length);
    showFound();
  };
  box.addEventListener('input', () => void ask());
  box.addEventListener('focus', () => void (least === 0 && !chosen.length && ask()));
  // A click on an option takes the focus for a moment.
  box.addEventListener('blur', () => setTimeout(() => document.activeElement !== box && close(), 200));
  // Letters are no choice yet.
  box.addEventListener('change', (event) => event.stopPropagation());
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Backspace' && !box.value && isMulti && chosen.length) drop(chosen.at(-1) ?? {});
    if (list.hidden || !keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]?.();
  });
  showChosen();
  return {
    node,
    answer: () => (isMulti ? { selected_options: chosen } : { selected_option: chosen[0] ?? null }),
  };
}

const initialOf = ({ initial_option, initial_options }: Json): Json[] =>
  Array.isArray(initial_options) ? (initial_options as Json[]) : initial_option ? [initial_option as Json] : [];

const optionsIn = ({ option_groups }: Answer): Json[] =>
  (Array.isArray(option_groups) ? (option_groups as Json[]) : []).flatMap(({ options }) => options as Json[]);

const wordRow = (words: string): Row => ({ key: 'words', stamp: words, make: () => h('p', { class: 'hint' }, words) });

interface Choosing {
  isChosen: boolean;
  take(option: Json): void;
}

const optionRow = (option: Json, { isChosen, take }: Choosing): Row => ({
  key: String(option.value),
  stamp: `${isChosen} ${wordsOf(option.text)}`,
  make: () =>
    button(
      {
        class: 'menu-item',
        attributes: { role: 'option', 'aria-selected': String(isChosen), tabindex: '-1' },
        onClick: () => take(option),
      },
      h('span', {}, textOf(option.text), option.description ? h('small', {}, textOf(option.description)) : undefined),
    ),
});
