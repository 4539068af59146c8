/** Requests go where the configuration lets them, and nowhere else, whatever the spelling and whatever DNS says. */
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type LookupFunction } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { kindOfAddress } from '../../src/clients/addresses.ts';
import { type WebRequest, webClient } from '../../src/clients/web.ts';
import { freePort } from '../support/servers.ts';

async function serving(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const asked = (url: string, more: Partial<WebRequest> = {}): WebRequest => ({
  method: 'GET',
  url: new URL(url),
  headers: {},
  timeoutMs: 5_000,
  signal: new AbortController().signal,
  ...more,
});

/** A resolver that says what the test says. */
const saying =
  (...addresses: string[]): LookupFunction =>
  (_host, _options, answer) =>
    answer(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

test('status and body come back whatever the status, and a redirect is an answer', async () => {
  let seen = 0;
  const port = await serving((_, response) => {
    seen += 1;
    response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end('moved');
  });
  const web = webClient({ allow: [`127.0.0.1:${port}`] });
  expect(await web.send(asked(`http://127.0.0.1:${port}/x`))).toEqual({ status: 302, body: 'moved', truncated: false });
  expect(seen).toBe(1);
});

test('of a flood only so much is taken in', async () => {
  const port = await serving((_, response) => response.end('ab '.repeat(200_000)));
  const answer = await webClient({ allow: [`127.0.0.1:${port}`], maxAnswerBytes: 1_000 }).send(
    asked(`http://127.0.0.1:${port}/`),
  );
  expect(answer).toMatchObject({ status: 200, truncated: true });
  expect(answer.body.length).toBeGreaterThan(990);
  expect(answer.body.length).toBeLessThanOrEqual(1_000);
});

test.each([
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://127.1/',
  'http://①②⑦.⓪.⓪.①/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://0.0.0.0/',
  'http://169.254.169.254/latest/meta-data',
  'http://api.example.com.evil.test/',
  'http://api.example.com:81/',
  'http://api.example.com@evil.test/',
  'http://user:password@api.example.com/',
  'http://API.example.com./',
  'file:///etc/passwd',
  'gopher://api.example.com/',
])('%s is not among the allowed hosts, and nothing is sent', async (url) => {
  const web = webClient({
    allow: ['api.example.com'],
    lookup: () => {
      throw new Error('was looked up');
    },
  });
  expect(web.refuses(new URL(url))).toBeTruthy();
  await expect(web.send(asked(url))).rejects.toMatchObject({ when: 'before_dispatch', failure: 'refused' });
});

test.each([
  '127.0.0.1',
  '::1',
  '0.0.0.0',
  '::',
  '169.254.169.254',
  'fe80::1',
  'fe80::1%eth0',
  '::ffff:169.254.169.254',
  '::ffff:7f00:1',
  '::127.0.0.1',
  '64:ff9b::a9fe:a9fe',
  '2002:7f00:1::',
  'fd00:ec2::254',
  '100.100.100.200',
  '168.63.129.16',
  '224.0.0.1',
])('a name whose address is %s is not talked to', async (address) => {
  const web = webClient({ allow: ['api.example.com'], lookup: saying('93.184.215.14', address) });
  await expect(web.send(asked('http://api.example.com/', { timeoutMs: 1_000 }))).rejects.toMatchObject({
    when: 'before_dispatch',
    failure: 'refused',
    message: expect.stringContaining('only an address that stands in'),
  });
});

test.each(['93.184.215.14', '10.0.0.1', '192.168.1.1', '2606:2800::1', 'fd12::1'])(
  '%s is a usual address',
  (address) => {
    expect(kindOfAddress(address)).toBe('usual');
  },
);

test('this machine is reached where it is named: by address, or as localhost', async () => {
  const port = await serving((_, response) => response.end('here'));
  for (const host of ['127.0.0.1', 'localhost'])
    expect(await webClient({ allow: [`${host}:${port}`] }).send(asked(`http://${host}:${port}/`))).toMatchObject({
      body: 'here',
    });
  const other = webClient({ allow: [`name.test:${port}`], lookup: saying('127.0.0.1') });
  await expect(other.send(asked(`http://name.test:${port}/`))).rejects.toMatchObject({ failure: 'refused' });
});

test('nobody listening is a failure before anything was sent', async () => {
  const port = await freePort();
  await expect(
    webClient({ allow: [`127.0.0.1:${port}`] }).send(asked(`http://127.0.0.1:${port}/?secret=x`)),
  ).rejects.toMatchObject({
    when: 'before_dispatch',
    failure: 'connect_error',
    message: `GET 127.0.0.1:${port}/: nobody listens there (ECONNREFUSED)`,
  });
});

test('a connection that ends after the request was sent says so', async () => {
  const port = await serving((request) => request.socket.resetAndDestroy());
  await expect(
    webClient({ allow: [`127.0.0.1:${port}`] }).send(asked(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x' })),
  ).rejects.toMatchObject({ when: 'after_dispatch', failure: 'unavailable' });
});

test('no answer in time is a timeout, with and without a body that began', async () => {
  const silent = await serving(() => undefined);
  const half = await serving((_, response) => void response.writeHead(200).write('half'));
  for (const port of [silent, half])
    await expect(
      webClient({ allow: [`127.0.0.1:${port}`] }).send(asked(`http://127.0.0.1:${port}/`, { timeoutMs: 200 })),
    ).rejects.toMatchObject({ when: 'after_dispatch', failure: 'timeout' });
});

test('a TLS handshake that fails has sent nothing of the request', async () => {
  const server = createTcpServer((socket) => socket.end('no TLS here')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  await expect(
    webClient({ allow: [`127.0.0.1:${port}`] }).send(asked(`https://127.0.0.1:${port}/`, { method: 'POST' })),
  ).rejects.toMatchObject({ when: 'before_dispatch' });
});
