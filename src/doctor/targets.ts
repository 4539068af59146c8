/** Targets: each host of the inventory is logged in to, with its host key, and runs `true`. */
import { type SshClient, SshFailure } from '../clients/ssh.ts';
import { type Check, ok, problem, type Said, warning } from './finding.ts';

const withinMs = 8_000;

/** `open` throws where a host key or a key file cannot be read. `hosts`: so many there are, for this process or others. */
export const targetsCheck = (open: () => SshClient, hosts = 0): Check => ({
  about: 'targets',
  look: async () => {
    const ssh = open();
    if (!ssh.hosts.length && hosts)
      return [ok('No host is reached from here: the keys are with workers of other pools.')];
    if (!ssh.hosts.length)
      return [warning('There is no host: playbooks reach nothing over SSH.', 'Add them under `inventory`.')];
    try {
      return await Promise.all(ssh.hosts.map((host) => reached(ssh, host)));
    } finally {
      await ssh.close();
    }
  },
});

async function reached(ssh: SshClient, host: string): Promise<Said> {
  try {
    const { exitCode, lost, stderr } = await ssh.run(host, ['true'], { timeoutMs: withinMs });
    if (exitCode === 0) return ok(`${host} lets Tocsin in and runs what it is told.`);
    const why = lost ?? (stderr.trim().slice(0, 200) || `exit code ${exitCode}`);
    return problem(`${host} does not run \`true\`: ${why}`, 'See the login shell and the limits of its user there.');
  } catch (error) {
    const { code, message } = error instanceof SshFailure ? error : { code: 'failed', message: String(error) };
    return problem(`${host}: ${code}: ${message}`, 'See docs/errors.md, "SSH".');
  }
}
