/** What only the playbooks of a folder together can say: two of one id, and one that would wait for itself. */
import type { Playbook, Step } from '../domain/playbook.ts';
import type { Finding, Path } from './document.ts';
import type { LoadedFile } from './loaded.ts';

/** `had`: the file that had an id before. */
export const checkedTogether = (
  files: readonly LoadedFile[],
  had: (id: string) => string | undefined = () => undefined,
): readonly LoadedFile[] => withoutStandstills(withoutTwins(files, had));

/** Two files of one id: the one that had it before keeps it, else the first by name. */
function withoutTwins(files: readonly LoadedFile[], had: (id: string) => string | undefined): readonly LoadedFile[] {
  const owner = new Map<string, string>();
  for (const { file, loaded } of files)
    if ('playbook' in loaded && (!owner.has(loaded.playbook.id) || had(loaded.playbook.id) === file))
      owner.set(loaded.playbook.id, file);
  return files.map((one) => {
    if ('problems' in one.loaded) return one;
    const { id } = one.loaded.playbook;
    const other = owner.get(id) ?? one.file;
    return other === one.file ? one : { ...one, loaded: { problems: [one.problem(twice(id, other))] } };
  });
}

const twice = (id: string, other: string): Finding => ({
  path: ['id'],
  code: 'duplicate_playbook',
  message: `There is a playbook \`${id}\` already, in ${other}.`,
});

/** A run holds its group until its end, so what it waits for must not want the same one. */
function withoutStandstills(files: readonly LoadedFile[]): readonly LoadedFile[] {
  const playbooks = new Map(
    files.flatMap(({ loaded }) => ('playbook' in loaded ? [[loaded.playbook.id, loaded.playbook] as const] : [])),
  );
  return files.map((one) => {
    if ('problems' in one.loaded) return one;
    const found = standstills(one.loaded.playbook, playbooks);
    return found.length ? { ...one, loaded: { problems: found.map(one.problem) } } : one;
  });
}

type Playbooks = ReadonlyMap<string, Playbook>;

function standstills(playbook: Playbook, playbooks: Playbooks): readonly Finding[] {
  const group = literalGroup(playbook);
  if (group === undefined) return [];
  return callsIn(playbook).flatMap(({ calls, path }): readonly Finding[] => {
    const held = below(calls, playbooks).find((id) => id !== playbook.id && literalGroupOf(id, playbooks) === group);
    if (held === undefined) return [];
    const runs = held === calls ? `\`${held}\`` : `\`${calls}\`, which leads to \`${held}\`,`;
    const message = `It runs ${runs} of the same \`concurrency\` group \`${group}\`, and holds that itself until its end: the two would wait for each other. Leave the group to one of them.`;
    return [{ path, code: 'same_group', message }];
  });
}

/** One with `${{ }}` is known only when it runs. */
const literalGroup = ({ concurrency }: Playbook): string | undefined =>
  concurrency === undefined || concurrency.group.includes('${{') ? undefined : concurrency.group;

function literalGroupOf(id: string, playbooks: Playbooks): string | undefined {
  const playbook = playbooks.get(id);
  return playbook && literalGroup(playbook);
}

interface Call {
  readonly calls: string;
  readonly path: Path;
}

/** `playbook.run` stands in no `parallel` and in no rollback. */
function callsIn({ steps, onFailure, onCancel, finally: last }: Playbook): readonly Call[] {
  const parts = { steps, on_failure: onFailure, on_cancel: onCancel, finally: last };
  return Object.entries(parts).flatMap(([part, entries]) => entries.flatMap((step, at) => callOf(step, [part, at])));
}

const callOf = ({ action, with: { playbook } }: Step, path: Path): readonly Call[] =>
  action === 'playbook.run' && typeof playbook === 'string'
    ? [{ calls: playbook, path: [...path, 'with', 'playbook'] }]
    : [];

/** It and all that it leads to, each once. */
function below(id: string, playbooks: Playbooks): readonly string[] {
  const found = new Set([id]);
  for (const next of found) {
    const playbook = playbooks.get(next);
    for (const { calls } of playbook ? callsIn(playbook) : []) found.add(calls);
  }
  return [...found];
}
