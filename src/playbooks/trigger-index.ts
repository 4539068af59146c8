/** Which alert triggers an alert pulls, found by the labels that they want: the others are never looked at. */
import type { Labels } from '../domain/alert.ts';
import type { Pulled } from '../domain/facts.ts';
import type { Playbook } from '../domain/playbook.ts';
import { holds, labelOf, type Matcher, matcherOf } from './matchers.ts';

interface Entry extends Pulled {
  /** Its place among all triggers. */
  readonly at: number;
  /** What the place in the index does not say already. */
  readonly rest: readonly Matcher[];
}

/** The triggers that want certain labels to have certain values: none, one or two labels. */
interface Table {
  readonly labels: readonly string[];
  readonly entries: Map<string, Entry[]>;
}

type Index = readonly Table[];

const indexes = new WeakMap<readonly Playbook[], Index>();

/** In the order of the playbooks. The same array is looked through once only. */
export function triggered(playbooks: readonly Playbook[], labels: Labels): readonly Pulled[] {
  const index = indexes.get(playbooks) ?? indexOf(playbooks);
  indexes.set(playbooks, index);
  const found: Entry[] = [];
  for (const table of index)
    for (const entry of entriesFor(table, labels))
      if (entry.rest.every((matcher) => holds(matcher, labels))) found.push(entry);
  return found.length > 1 ? found.sort((a, b) => a.at - b.at) : found;
}

const nothing: readonly Entry[] = [];

function entriesFor({ labels: wanted, entries }: Table, labels: Labels): readonly Entry[] {
  const [first, second] = wanted;
  if (first === undefined) return entries.get('') ?? nothing;
  const one = labelOf(labels, first);
  const two = second === undefined ? '' : labelOf(labels, second);
  return entries.get(second === undefined ? one : both(one, two)) ?? nothing;
}

/** The length keeps `a`, `bc` apart from `ab`, `c`. */
const both = (one: string, two: string): string => `${one.length}:${one}${two}`;

interface Wish {
  readonly matcher: Matcher;
  readonly label: string;
  readonly values: readonly string[];
}

interface Trigger extends Pulled {
  readonly at: number;
  readonly matchers: readonly Matcher[];
  readonly wishes: readonly Wish[];
}

function indexOf(playbooks: readonly Playbook[]): Index {
  const triggers = alertTriggers(playbooks);
  const common = new Map<string, number>();
  for (const { label } of triggers.flatMap(({ wishes }) => wishes)) common.set(label, (common.get(label) ?? 0) + 1);
  const tables = new Map<string, Table>();
  for (const one of triggers) {
    const chosen = chosenOf(one.wishes, common);
    const labels = chosen.map(({ label }) => label);
    const name = JSON.stringify(labels);
    const table = tables.get(name) ?? { labels, entries: new Map() };
    tables.set(name, table);
    enter(table, chosen, one);
  }
  return [...tables.values()];
}

const alertTriggers = (playbooks: readonly Playbook[]): readonly Trigger[] =>
  playbooks
    .flatMap((playbook) =>
      playbook.triggers.flatMap((trigger) => (trigger.kind === 'alert' ? [{ playbook, trigger }] : [])),
    )
    .map(({ playbook, trigger }, at) => {
      const matchers = trigger.matchers.map(matcherOf);
      return { playbook, trigger, at, matchers, wishes: matchers.flatMap(wishOf) };
    });

/** `label="value"`, and `label=~"one|two"` where these are plain words. An empty value is also that of no label. */
function wishOf(matcher: Matcher): readonly Wish[] {
  const { label, operator, value } = matcher;
  if (operator === '=' && value !== '') return [{ matcher, label, values: [value] }];
  if (operator !== '=~' || !/^[\w /:@-]+(\|[\w /:@-]+)*$/.test(value)) return [];
  return [{ matcher, label, values: [...new Set(value.split('|'))] }];
}

const mostEntries = 64;

/** `alertname` says most; then the label that most triggers name, so that there are few tables to look into. */
function chosenOf(wishes: readonly Wish[], common: ReadonlyMap<string, number>): readonly Wish[] {
  const rank = ({ label }: Wish): number => (label === 'alertname' ? Number.MAX_VALUE : (common.get(label) ?? 0));
  const [first, ...others] = [...wishes].sort((a, b) => rank(b) - rank(a) || (a.label < b.label ? -1 : 1));
  const second = others.find(({ label }) => label !== first?.label);
  if (!first || first.values.length > mostEntries) return [];
  return second && first.values.length * second.values.length <= mostEntries ? [first, second] : [first];
}

function enter({ entries }: Table, [first, second]: readonly Wish[], trigger: Trigger): void {
  const said = [first?.matcher, second?.matcher];
  const rest = trigger.matchers.filter((matcher) => !said.includes(matcher));
  const { playbook, at } = trigger;
  const entry: Entry = { playbook, trigger: trigger.trigger, at, rest };
  for (const one of first?.values ?? [''])
    for (const two of second?.values ?? [undefined]) {
      const key = two === undefined ? one : both(one, two);
      const there = entries.get(key);
      if (there) there.push(entry);
      else entries.set(key, [entry]);
    }
}
