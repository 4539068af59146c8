/** The servers that tests lean on are real, keep their data, and end when told. */
import { Redis as Client } from 'ioredis';
import { NodeSSH } from 'node-ssh';
import { expect, onTestFinished, test } from 'vitest';
import { startAlertmanager, startPrometheus, startRedis, startSshd } from './servers.ts';

test('a Redis that was killed without warning comes back with every acknowledged write', async () => {
  const first = await startRedis();
  const client = new Client(first.url);
  await client.set('rung', 'yes');
  client.disconnect();
  await first.kill('SIGKILL');
  const second = await startRedis({ dir: first.dir, port: first.port });
  const again = new Client(second.url);
  expect(await again.get('rung')).toBe('yes');
  again.disconnect();
  await second.stop();
  await first.stop();
  expect(() => process.kill(second.pid, 0)).toThrow('ESRCH');
});

test('Prometheus and Alertmanager answer with links that lead back to themselves', async () => {
  const prometheus = await startPrometheus({
    config: { rule_files: ['rules.yml'] },
    files: { 'rules.yml': { groups: [{ name: 'demo', rules: [{ alert: 'Always', expr: 'vector(1)' }] }] } },
  });
  onTestFinished(() => prometheus.stop());
  const rules = await fetch(`${prometheus.url}/api/v1/rules`);
  expect(await rules.json()).toMatchObject({ data: { groups: [{ rules: [{ name: 'Always' }] }] } });
  const config = { route: { receiver: 'none' }, receivers: [{ name: 'none' }] };
  const first = await startAlertmanager({ config, peers: [] });
  onTestFinished(() => first.stop());
  const second = await startAlertmanager({ config, peers: [first.clusterAddress ?? ''] });
  onTestFinished(() => second.stop());
  const status = await fetch(`${second.url}/api/v2/status`);
  expect(await status.json()).toMatchObject({ cluster: { peers: [{}, {}] } });
});

test('sshd lets in who has the key, and shows the host key whose fingerprint was announced', async () => {
  const sshd = await startSshd();
  onTestFinished(() => sshd.stop());
  const client = new NodeSSH();
  onTestFinished(() => client.dispose());
  let shown = '';
  await client.connect({
    host: sshd.host,
    port: sshd.port,
    username: sshd.user,
    privateKey: sshd.privateKey,
    hostHash: 'sha256',
    hostVerifier: (hash: string) => {
      shown = `SHA256:${Buffer.from(hash, 'hex').toString('base64').replace(/=+$/, '')}`;
      return true;
    },
  });
  expect(await client.execCommand('echo rung')).toMatchObject({ stdout: 'rung', code: 0 });
  expect(shown).toBe(sshd.hostKeyFingerprint);
});
