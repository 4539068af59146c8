/** `tocsin check`: the playbooks and keys as `serve` would use them, with nothing started and nobody reached. */
import { noPrometheus } from './clients/no-prometheus.ts';
import { createSshClient } from './clients/ssh.ts';
import { unusableKeys } from './clients/ssh-keys.ts';
import type { Config } from './config/config.ts';
import type { Chat, StepAction } from './engine/ports.ts';
import { unreadable } from './playbooks/folder.ts';
import { loadFiles } from './playbooks/load.ts';
import { printed } from './playbooks/problems.ts';
import { pureFunctions } from './playbooks/pure.ts';
import { ownHosts, poolProblems } from './pools.ts';
import { missingNames } from './roles.ts';
import { stepActions } from './steps/index.ts';
import { withRoutes } from './wiring.ts';

export interface Checked {
  readonly playbooks: number;
  readonly problems: readonly string[];
}

export async function check(config: Config): Promise<Checked> {
  const { playbooks, problems } = checkPlaybooks(config);
  return { playbooks, problems: [...(await unusableKeys(ownHosts(config))), ...problems] };
}

/** Throws where a route's matcher cannot be read. */
export function checkPlaybooks(config: Config): Checked {
  const {
    playbooks: { folder },
    inventory,
  } = config;
  withRoutes(config, pureFunctions({ hosts: inventory.map(({ name }) => name) }));
  const ssh = createSshClient({ hosts: inventory });
  const httpAllow = config.steps.http.allow;
  const actions = stepActions({ ssh, prometheus: noPrometheus, chat: noChat, httpAllow });
  return checkFolder(folder, { actions, config });
}

function checkFolder(
  folder: string,
  { actions, config }: { readonly actions: readonly StepAction[]; readonly config: Config },
): Checked {
  try {
    const files = loadFiles(folder, actions);
    const problems = files.flatMap(({ loaded }) =>
      'problems' in loaded
        ? loaded.problems.map(printed)
        : [...missingNames(loaded.playbook, config), ...poolProblems(loaded.playbook, config, actions)],
    );
    return { playbooks: files.length, problems };
  } catch (error) {
    return { playbooks: 0, problems: [unreadable(folder, error)] };
  }
}

const silent = (): Promise<never> => Promise.reject(new Error('nothing is posted while checking'));

/** Checking and replaying never post. */
export const noChat: Chat = {
  openChannel: silent,
  setTopic: silent,
  invite: silent,
  post: silent,
  edit: silent,
  pin: silent,
  upload: silent,
  describe: silent,
};
