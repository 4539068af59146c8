/** `ssh.systemd`: looks at, starts, stops, restarts or reloads one unit on one host. */
import { z } from 'zod';
import type { SshClient, SshResult } from '../clients/ssh.ts';
import type { StepOutcome } from '../domain/run.ts';
import type { StepAction, StepContext } from '../engine/ports.ts';
import { defineAction, failedAfter, failedBefore, unknown } from './define.ts';
import { inventoryHost, lastLines, optionsOf, orNotSent, timedOut } from './ssh-target.ts';
import { markerOf, rememberedInvocation, rememberInvocation } from './systemd-marker.ts';
import { journalOf, stateOf, type UnitState } from './systemd-state.ts';

// systemd.unit(5), without templates' escapes; what begins with a dash would be an option.
const unitName = /^[A-Za-z0-9_][A-Za-z0-9:_.@-]*\.(service|socket|timer|path|target|mount)$/;

const Params = (ssh: SshClient) =>
  z.strictObject({
    do: z.enum(['status', 'start', 'stop', 'restart', 'reload']).describe('What to do with it; `status` only looks'),
    host: inventoryHost(ssh),
    unit: z
      .string()
      .max(255)
      .regex(unitName, 'Write a unit with its kind, as in `shop.service`.')
      .describe('The unit, as in shop.service'),
    become: z.boolean().default(false).describe('Through `sudo -n`'),
    journal_lines: z.int().min(0).max(200).default(0).describe('With `status`: so many last lines of its journal'),
  });

type Params = z.infer<ReturnType<typeof Params>>;

export const sshSystemd = (ssh: SshClient): StepAction =>
  defineAction({
    id: 'ssh.systemd',
    version: 1,
    summary:
      'Looks at, starts, stops, restarts or reloads a systemd unit. A repeat after a lost worker changes nothing twice.',
    effects: ['idempotent', 'read'],
    effectsOf: (args) => (args.do === 'status' ? ['read'] : ['idempotent']),
    params: Params(ssh),
    outputs: ['active_state', 'sub_state', 'invocation_id', 'main_pid', 'journal'],
    codeFields: ['do'],
    describe: (params) => `${params.do === 'status' ? 'look at' : params.do} ${params.unit} on ${params.host}`,
    lockOf: (params) => (params.do === 'status' ? undefined : `host/${params.host}`),
    targetOf: ({ host, unit }) => ({ host, unit }),
    plan: (params, context) => foreseen(ssh, params, context),
    execute: (params, context) =>
      orNotSent(() => (params.do === 'status' ? look(ssh, params, context) : change(ssh, params, context))),
  });

/** What its approvers see: the state now, and what would become of it. */
async function foreseen(ssh: SshClient, params: Params, context: StepContext): Promise<string> {
  const state = await stateOf(ssh, params, context);
  if ('problem' in state) return `${state.problem} It could not be done now.`;
  const pid = state.mainPid ? `, PID ${state.mainPid}` : '';
  const since = state.since ? `, since ${state.since}` : '';
  const now = `${params.unit} on ${params.host} is ${state.activeState} (${state.subState})${pid}${since}.`;
  return `${now} ${futures[params.do](state.activeState === 'active')}`;
}

const futures: Readonly<Record<Params['do'], (isActive: boolean) => string>> = {
  status: () => 'Only looks.',
  start: (isActive) => (isActive ? 'Already started: nothing would change.' : 'Would be started.'),
  stop: (isActive) => (isActive ? 'Would be stopped.' : 'Not active: nothing would change.'),
  restart: (isActive) => (isActive ? 'Would be restarted, as a new process.' : 'Not active: would be started.'),
  reload: (isActive) => (isActive ? 'Would be told to reload.' : 'Not active: reloading it would fail.'),
};

async function look(ssh: SshClient, params: Params, context: StepContext): Promise<StepOutcome> {
  const state = await stateOf(ssh, params, context);
  if ('problem' in state) return failedBefore(state.problem, 'bad_answer');
  const journal = params.journal_lines ? await journalOf(ssh, params, context) : [];
  return {
    kind: 'succeeded',
    outputs: { ...outputs(state), journal },
    note: `${state.activeState} (${state.subState})`,
  };
}

async function change(ssh: SshClient, params: Params, context: StepContext): Promise<StepOutcome> {
  const before = await stateOf(ssh, params, context);
  if ('problem' in before) return failedBefore(before.problem, 'bad_answer');
  if (params.do === 'restart') {
    const marker = markerOf(params.host, context.attempt);
    const earlier = context.repeated ? await rememberedInvocation(ssh, marker, context) : undefined;
    if (earlier !== undefined && earlier !== before.invocationId)
      return succeeded(before, `was already restarted by an earlier worker: ${before.activeState}`);
    if (earlier === undefined) await rememberInvocation(ssh, { ...marker, id: before.invocationId }, context);
  }
  const result = await ssh.run(
    params.host,
    ['systemctl', params.do, '--', params.unit],
    optionsOf(context, params.become),
  );
  return ending(result, { ssh, params, context });
}

type Course = { readonly ssh: SshClient; readonly params: Params; readonly context: StepContext };

async function ending(result: SshResult, { ssh, params, context }: Course): Promise<StepOutcome> {
  const what = `\`systemctl ${params.do} ${params.unit}\` on ${params.host}`;
  if (result.exitCode === null) return unknown(`It is not known how ${what} ended: ${result.lost}.`);
  if (timedOut(result)) return unknown(`${what} did not end in time; systemd may still be at it.`);
  if (result.exitCode !== 0)
    return failedAfter(
      `${what} ended with exit code ${result.exitCode}. ${lastLines(result.stderr)}`.trim(),
      'exit_code',
    );
  const after = await stateOf(ssh, params, context).catch((error: Error) => ({ problem: error.message }));
  // The change is done and said so: that it cannot be looked at is no failure of it.
  if ('problem' in after)
    return { kind: 'succeeded', outputs: { active_state: 'unknown' }, note: `done, but: ${after.problem}` };
  return succeeded(after, `${params.unit} is ${after.activeState} (${after.subState})`);
}

const succeeded = (state: UnitState, note: string): StepOutcome => ({
  kind: 'succeeded',
  outputs: outputs(state),
  note,
});

const outputs = ({ activeState, subState, invocationId, mainPid }: UnitState) => ({
  active_state: activeState,
  sub_state: subState,
  invocation_id: invocationId,
  main_pid: mainPid,
});
