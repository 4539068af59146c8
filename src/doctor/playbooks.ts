/** Playbooks, and those who may approve them. */
import { type Check, ok, problem, type Said, warning } from './finding.ts';

export interface PlaybookFacts {
  readonly playbooks: number;
  /** Each with its place. */
  readonly problems: readonly string[];
}

/** `load` throws where the folder cannot be read. */
export const playbooksCheck = (load: () => PlaybookFacts, roles: readonly string[]): Check => ({
  about: 'playbooks',
  look: async () => {
    const { playbooks, problems } = load();
    return [
      ...problems.map((one) => problem(one, 'Correct it; `tocsin check` reads it again.')),
      ...(problems.length ? [] : counted(playbooks)),
      ...(roles.length
        ? []
        : [warning('There is no role: nobody may approve a playbook.', 'Add one under `roles` in tocsin.yml.')]),
    ];
  },
});

const counted = (playbooks: number): readonly Said[] =>
  playbooks > 0
    ? [ok(`${playbooks} playbook${playbooks === 1 ? ' is' : 's are'} fine.`)]
    : [warning('There is no playbook that can be used.', 'Put one into the folder of `playbooks.folder`.')];
