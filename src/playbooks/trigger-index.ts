/** Which alert triggers an alert pulls, found by the labels that they want: the others are never looked at. */
import type { Labels } from '../domain/alert.ts';
import type { Pulled } from '../domain/facts.ts';
import type { Playbook } from '../domain/playbook.ts';
import { labelOf, type Matcher, matcherOf } from './matchers.ts';

interface Entry extends Pulled {
  /** Its place among all triggers. */
  readonly at: number;
  /** What the way to it does not say already. */
  readonly rest: readonly Matcher[];
}

/** Triggers whose wishes so far are met, and which labels to look at for those that wish for more. */
interface Node {
  readonly entries: Entry[];
  readonly branches: Branch[];
}

interface Branch {
  readonly label: string;
  readonly byValue: Map<string, Node>;
}

const indexes = new WeakMap<readonly Playbook[], Node>();

/** In the order of the playbooks. The same array is looked through once only. */
export function triggered(playbooks: readonly Playbook[], labels: Labels): readonly Pulled[] {
  const index = indexes.get(playbooks) ?? indexOf(playbooks);
  indexes.set(playbooks, index);
  const found: Entry[] = [];
  collect(index, labels, found);
  return found.length > 1 ? found.sort((a, b) => a.at - b.at) : found;
}

function collect({ entries, branches }: Node, labels: Labels, into: Entry[]): void {
  for (const entry of entries) if (isPulled(entry, labels)) into.push(entry);
  for (const { label, byValue } of branches) {
    const next = byValue.get(labelOf(labels, label));
    if (next) collect(next, labels, into);
  }
}

function isPulled({ rest }: Entry, labels: Labels): boolean {
  for (const matcher of rest) if (!matcher.holds(labels)) return false;
  return true;
}

interface Wish {
  readonly matcher: Matcher;
  readonly label: string;
  readonly values: readonly string[];
}

const empty = (): Node => ({ entries: [], branches: [] });

function indexOf(playbooks: readonly Playbook[]): Node {
  const root = empty();
  const triggers = playbooks.flatMap((playbook) =>
    playbook.triggers.flatMap((trigger) => (trigger.kind === 'alert' ? [{ playbook, trigger }] : [])),
  );
  for (const [at, pulled] of triggers.entries()) {
    const matchers = pulled.trigger.matchers.map(matcherOf);
    const wishes = usable(matchers.flatMap(wishOf));
    const rest = matchers.filter((matcher) => !wishes.some((wish) => wish.matcher === matcher));
    const entry: Entry = { ...pulled, at, rest };
    for (const node of wishes.reduce(below, [root])) node.entries.push(entry);
  }
  return root;
}

/** `label="value"`, and `label=~"one|two"` where these are plain words. An empty value is also that of no label. */
function wishOf(matcher: Matcher): readonly Wish[] {
  const { label, operator, value } = matcher;
  if (operator === '=' && value !== '') return [{ matcher, label, values: [value] }];
  if (operator !== '=~' || !/^[\w /:@-]+(\|[\w /:@-]+)*$/.test(value)) return [];
  return [{ matcher, label, values: [...new Set(value.split('|'))] }];
}

const mostNodes = 64;

/** `alertname` tells most alerts apart; one label has one value; and a list of words must not fill the memory. */
function usable(wishes: readonly Wish[]): readonly Wish[] {
  const rank = ({ label }: Wish): string => (label === 'alertname' ? '' : label);
  const sorted = [...wishes].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  let nodes = 1;
  return sorted.filter(({ label, values }, at) => {
    const isUsable = label !== sorted[at - 1]?.label && nodes * values.length <= mostNodes;
    if (isUsable) nodes *= values.length;
    return isUsable;
  });
}

function below(nodes: readonly Node[], { label, values }: Wish): readonly Node[] {
  return nodes.flatMap(({ branches }) => {
    const branch = branches.find((one) => one.label === label) ?? { label, byValue: new Map<string, Node>() };
    if (!branches.includes(branch)) branches.push(branch);
    return values.map((value) => {
      const node = branch.byValue.get(value) ?? empty();
      branch.byValue.set(value, node);
      return node;
    });
  });
}
