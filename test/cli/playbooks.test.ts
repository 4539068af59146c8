/** `tocsin playbook …` as people call it: what it prints, what it ends with, and what it leaves alone. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startPrometheus, startSshd } from '../support/servers.ts';
import { installed, secrets } from './installed.ts';

// Each call is a process of its own.
vi.setConfig({ testTimeout: 120_000 });

const playbook = (steps: string, more = ''): string => `schema: playbook/v1
id: mend
name: Mend it
owners: [team-shop]
triggers:
  - alert: ['alertname="HighErrorRate"']
  - manual: {roles: [responder]}
${more}steps:
${steps}`;

const inventory =
  'inventory: [{name: shop-1, address: 192.0.2.1, user: a, private_key: key, host_key: "${env:KEY}"}]\n';
const approved = `  - {id: ok, action: approval, with: {approvers: {roles: [responder]}}}
  - {id: go, action: ssh.exec, with: {host: shop-1, argv: [mend, --, "\${{ inputs.what }}"]}}
`;
const what = 'inputs: {what: {type: string, from: alert.labels.instance}}\n';

test('lint says what is wrong and ends with 1, and needs no configuration', async () => {
  const { tocsin, write, path } = installed();
  write('playbooks/mend.yml', playbook(approved.replace('argv', 'argw'), what));
  const wrong = await tocsin(['playbook', 'lint', path('playbooks')]);
  expect(wrong.code).toBe(1);
  expect(wrong.out.join('\n')).toContain(`${path('playbooks/mend.yml')}:11:53  unknown_key  \`argw\``);
  write('playbooks/mend.yml', playbook(approved, what));
  expect(await tocsin(['playbook', 'lint', path('playbooks')])).toMatchObject({ code: 0, out: ['1 file is fine.'] });
});

test('test plays the cases beside a playbook, and ends with 1 where one differs', async () => {
  const { tocsin, write, path } = installed();
  write('playbooks/mend.yml', playbook(approved, what));
  const cases = (state: string) =>
    `test: playbook/v1\nplaybook: mend\ncases: [{name: it works, inputs: {what: x}, expect: {state: ${state}}}]\n`;
  write('playbooks/mend.test.yml', cases('succeeded'));
  const good = await tocsin(['playbook', 'test', path('playbooks/mend.yml')]);
  expect(good).toMatchObject({ code: 0, out: ['✓ mend: it works', '1 case, 0 failed'] });
  write('playbooks/mend.test.yml', cases('failed'));
  const bad = await tocsin(['playbook', 'test', path('playbooks/mend.test.yml')]);
  expect(bad.code).toBe(1);
  expect(bad.out[1]).toBe('    state: failed expected, it is succeeded (all steps done)');
});

test('plan needs no secrets, and ends with 1 where it would be refused', async () => {
  const { tocsin, write, path } = installed(inventory);
  write('playbooks/mend.yml', playbook(approved, what));
  write('alert.json', JSON.stringify({ labels: { instance: 'shop-7' } }));
  const good = await tocsin(['playbook', 'plan', 'mend', '--alert', path('alert.json')]);
  expect(good).toMatchObject({ code: 0, err: '' });
  expect(good.out).toContain('    run mend -- shop-7 on shop-1 (locks host/shop-1)');
  const typed = await tocsin(['playbook', 'plan', 'mend', '-i', 'what=it', '--json']);
  expect(JSON.parse(typed.out.join(''))).toMatchObject({ inputs: { what: 'it' }, units: [{ id: 'ok' }, { id: 'go' }] });
  expect(await tocsin(['playbook', 'plan', 'mend'])).toMatchObject({
    code: 1,
    out: ['refused: inputs_invalid: `what` is missing: `alert.labels.instance` is empty.'],
  });
  expect((await tocsin(['playbook', 'plan', 'mned'])).err).toContain('There is no playbook `mned`');
});

test('schema is that of the editor', async () => {
  const { out } = await installed().tocsin(['playbook', 'schema']);
  expect(`${out.join('\n')}\n`).toBe(readFileSync('playbooks/playbook.schema.json', 'utf8'));
});

test('schema --tests is that of the tests', async () => {
  const { out } = await installed().tocsin(['playbook', 'schema', '--tests']);
  expect(`${out.join('\n')}\n`).toBe(readFileSync('playbooks/playbook-test.schema.json', 'utf8'));
});

test('a dry run asks nobody: it takes answers, and says which one it lacks', async () => {
  const { tocsin, write } = installed();
  const ask = '  - {id: which, action: ask, with: {question: "How many?", answer: {type: integer}}}\n';
  const then = '  - {id: few, action: assert, with: {that: "${{ steps.which.outputs.answer < 5 }}"}}\n';
  write('playbooks/mend.yml', playbook(ask + then));
  const dry = (...answers: readonly string[]) =>
    tocsin(['playbook', 'run', 'mend', '--dry-run', ...answers.flatMap((one) => ['--answer', one])], secrets);
  expect(await dry('which=3')).toMatchObject({ err: '', code: 0 });
  expect((await dry('which=7')).out.join()).toContain('failed');
  expect((await dry()).out.join()).toContain('How many? Answer it with --answer which=…');
  expect((await dry('which=many')).out.join()).toContain('waiting_answer');
  expect((await dry('what=3')).err).toContain('No step `what` asks something (those that do: which).');
});

test('a dry run reads for real, says what changes would do, and touches nothing', async () => {
  const sshd = await startSshd();
  onTestFinished(() => sshd.stop());
  const prometheus = await startPrometheus({ config: { scrape_configs: [] } });
  onTestFinished(() => prometheus.stop());
  const { port, asked } = await startService();
  const { host, user, privateKeyPath, hostPublicKey } = sshd;
  const { tocsin, write, path } = installed(`prometheus: {url: "${prometheus.url}"}
steps: {http: {allow: ["127.0.0.1:${port}"]}}
secrets: {env: [SHOP_TOKEN]}
inventory: [{name: shop-1, address: ${host}, port: ${sshd.port}, user: ${user}, private_key: ${privateKeyPath}, host_key: ${hostPublicKey}}]
`);
  const ledger = path('ledger');
  writeFileSync(ledger, '');
  const steps = `  - {id: ratio, action: prometheus.query, with: {query: "vector(7)"}}
  - {id: seen, action: http.request, with: {url: "http://127.0.0.1:${port}/state", bearer: "\${{ secrets.token }}"}}
  - {id: ok, action: approval, with: {approvers: {roles: [responder]}}}
  - {id: go, action: ssh.exec, with: {host: shop-1, argv: [sh, -c, 'echo "$@" >> ${ledger}', --, "\${{ steps.ratio.outputs.value }}"]}, verify: [{action: prometheus.query, with: {query: "vector(0)"}, expect: "\${{ result.value == 1.0 }}"}]}
  - {id: tidy, action: ssh.script, with: {host: shop-1, script: "echo tidied >> ${ledger}"}}
  - {id: send, action: http.request, with: {url: "http://127.0.0.1:${port}/mend", method: POST}}
`;
  write('playbooks/mend.yml', playbook(steps, 'secrets: {token: env:SHOP_TOKEN}\n'));
  const env = { ...secrets, SHOP_TOKEN: 'a-very-secret-token' };
  const { code, out, err } = await tocsin(['playbook', 'run', 'mend', '--dry-run'], env);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const text = out.join('\n');
  for (const says of [
    'ratio  prometheus.query: ',
    '"value":7',
    'seen  http.request: GET',
    '"replicas":4',
    `go  ssh.exec: run sh -c 'echo "$@" >> ${ledger}' -- 7 on shop-1`,
    'tidy  ssh.script: run a script of 1 line by /bin/sh on shop-1\n    it would be done',
    'send  http.request: POST',
    'succeeded (all steps done); nothing was changed',
  ])
    expect(text).toContain(says);
  expect(text).not.toContain('a-very-secret-token');
  expect(readFileSync(ledger, 'utf8')).toBe('');
  expect(asked).toEqual(['GET /state Bearer a-very-secret-token']);
  expect((await tocsin(['playbook', 'run', 'mend'], env)).err).toContain('--dry-run');
});

/** Repeats the secret that it is shown. */
async function startService() {
  const asked: string[] = [];
  const server = createServer(({ method, url, headers }, response) => {
    asked.push(`${method} ${url} ${headers.authorization ?? ''}`);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ replicas: 4, you: headers.authorization }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return { asked, port: typeof address === 'object' && address ? address.port : 0 };
}
