/** What of the work this process does, by its roles and pools; and pools that playbooks name and nobody knows. */
import type { Config, Host } from './config/config.ts';
import type { Playbook, Step } from './domain/playbook.ts';
import { defaultPool, poolOf } from './domain/pool.ts';
import { allSteps } from './domain/units.ts';
import type { StepAction } from './engine/ports.ts';
import { didYouMean } from './playbooks/problems.ts';

type Process = Pick<Config, 'process'>;

/** Takes webhooks and listens to people. */
export const isGateway = ({ process }: Process): boolean => process.roles.includes('gateway');

/** What belongs to no step is done by gateways and by workers of the default pool. */
export const worksOf = (config: Process) => ({
  shared: isGateway(config) || config.process.pools.includes(defaultPool),
  pools: config.process.pools,
});

/** Hosts that this process reaches: only their keys need be here. */
export const ownHosts = ({ inventory, process }: Pick<Config, 'inventory' | 'process'>): readonly Host[] =>
  inventory.filter(({ pool = defaultPool }) => process.pools.includes(pool));

type Known = Pick<Config, 'pools' | 'policy'>;

/** One line for each, with what to do. */
export const poolProblems = (playbook: Playbook, config: Known, actions: readonly StepAction[]): readonly string[] =>
  allSteps(playbook)
    .flatMap((step) => [step, ...step.rollback])
    .flatMap((step) => problemsOf(step, config, actions))
    .map((problem) => `playbook \`${playbook.id}\`: ${problem}`);

function problemsOf(step: Step, { pools, policy }: Known, actions: readonly StepAction[]): readonly string[] {
  const { id, pool } = step;
  if (pool !== undefined && !pools.includes(pool))
    return [
      `step \`${id}\` names the pool \`${pool}\`, and no host of tocsin.yml is in it, nor does \`pools\` name it ` +
        `(there: ${pools.join(', ')}).${didYouMean(pool, pools)} Nobody would ever perform it.`,
    ];
  // What a target is may be known only when the step runs; it is looked at again then.
  const action = (wanted: string) => actions.find((one) => one.id === wanted);
  const placed = poolOf(step, step.with, { facts: { action, policy } });
  return placed.ok ? [] : [`step \`${id}\`: ${placed.problem}. Leave \`pool\` out, or correct it.`];
}
