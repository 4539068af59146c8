/** What systemd says of a unit: `systemctl show` is made to be read by programs. */
import type { SshClient } from '../clients/ssh.ts';
import type { StepContext } from '../engine/ports.ts';
import { lastLines, quiet } from './ssh-target.ts';

export interface UnitState {
  readonly activeState: string;
  readonly subState: string;
  /** A new one each time the unit starts; empty before the first. */
  readonly invocationId: string;
  readonly mainPid: number;
  /** As systemd writes times; empty where it does not say. */
  readonly since: string;
}

type Unit = { readonly host: string; readonly unit: string; readonly become: boolean };

const properties = ['LoadState', 'ActiveState', 'SubState', 'InvocationID', 'MainPID', 'StateChangeTimestamp'];

export async function stateOf(
  ssh: SshClient,
  { host, unit }: Unit,
  context: StepContext,
): Promise<UnitState | { readonly problem: string }> {
  const show = ['systemctl', 'show', '--no-pager', `--property=${properties.join(',')}`, '--', unit];
  const { exitCode, stdout, stderr, lost } = await ssh.run(host, show, quiet(context));
  if (exitCode !== 0)
    return {
      problem: `${host} does not tell the state of ${unit}: ${lost ?? (lastLines(stderr) || `exit code ${exitCode}`)}`,
    };
  const said = new Map(stdout.split('\n').map((line) => splitOnce(line)));
  if (said.get('LoadState') === 'not-found') return { problem: `${host} has no unit ${unit}.` };
  return {
    activeState: said.get('ActiveState') ?? 'unknown',
    subState: said.get('SubState') ?? 'unknown',
    invocationId: said.get('InvocationID') ?? '',
    mainPid: Number(said.get('MainPID') ?? 0),
    since: said.get('StateChangeTimestamp') ?? '',
  };
}

/** Empty where the journal cannot be read: it is a help, not an answer. */
export async function journalOf(
  ssh: SshClient,
  unit: Unit & { readonly journal_lines: number },
  context: StepContext,
): Promise<readonly string[]> {
  const argv = [
    'journalctl',
    '--no-pager',
    '--output=short-iso',
    `--lines=${unit.journal_lines}`,
    `--unit=${unit.unit}`,
  ];
  const { exitCode, stdout } = await ssh.run(unit.host, argv, { ...quiet(context), become: unit.become });
  return exitCode === 0
    ? stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(0, 500))
    : [];
}

const splitOnce = (line: string): [string, string] => {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
};
