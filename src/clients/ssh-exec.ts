/** Runs one command over an open connection and says honestly how it ended, or that nobody knows. */
import { StringDecoder } from 'node:string_decoder';
import type { ClientChannel } from 'ssh2';
import { type Connection, SshFailure } from './ssh-connection.ts';
import { tailKeeper } from './tail.ts';

export interface SshResult {
  /** Null: it is not known how, or whether, the command ended. */
  readonly exitCode: number | null;
  /** The signal that ended it on the other side. */
  readonly signal: string | null;
  /** The last part of it, where there was more. */
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
  /** Why `exitCode` is null, in words. */
  readonly lost?: string;
}

export interface ExecRequest {
  readonly command: string;
  /** The target's own `timeout` comes first; this one is for a target that does not answer any more. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  readonly stdin?: string;
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
  readonly maxOutputBytes: number;
}

export async function exec(connection: Connection, request: ExecRequest): Promise<SshResult> {
  if (request.signal?.aborted) throw new SshFailure('ssh_closed', 'Cancelled before the command was sent.');
  const stdout = tailKeeper(request.maxOutputBytes);
  const stderr = tailKeeper(request.maxOutputBytes);
  // A character may come in two chunks.
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  const end = await whicheverEndsIt(connection, request, (channel) => {
    channel.on('data', (chunk: Buffer) => keep(chunk, 'stdout'));
    channel.stderr.on('data', (chunk: Buffer) => keep(chunk, 'stderr'));
    channel.end(request.stdin ?? '');
  });
  function keep(chunk: Buffer, stream: 'stdout' | 'stderr') {
    (stream === 'stdout' ? stdout : stderr).add(chunk);
    request.onOutput?.(decoders[stream].write(chunk), stream);
  }
  const truncated = stdout.truncated() || stderr.truncated();
  return { ...end, stdout: stdout.text(), stderr: stderr.text(), truncated };
}

type End = Pick<SshResult, 'exitCode' | 'signal' | 'lost'>;

function whicheverEndsIt(
  connection: Connection,
  request: ExecRequest,
  begin: (channel: ClientChannel) => void,
): Promise<End> {
  return new Promise((resolve, reject) => {
    let open: ClientChannel | undefined;
    let forget = () => {};
    const lost = (why: string) => settle(() => resolve({ exitCode: null, signal: null, lost: why }));
    const onAbort = () => giveUp('it was cancelled; the command may still be running on the other side');
    const timer = setTimeout(() => giveUp(`no answer within ${request.deadlineMs} ms`), request.deadlineMs);
    const settle = (how: () => void) => {
      clearTimeout(timer);
      forget();
      request.signal?.removeEventListener('abort', onAbort);
      how();
    };
    // sshd ignores signals to commands of root, so this is a request and no more.
    const giveUp = (why: string) => {
      if (open?.writable) open.signal('TERM');
      open?.close();
      lost(why);
    };
    request.signal?.addEventListener('abort', onAbort, { once: true });
    forget = connection.onEnd(lost);
    send(connection, request.command, (error, channel) => {
      if (error) return isRefusal(error) ? settle(() => reject(refusal(error))) : lost(error.message);
      open = channel;
      onEnd(channel, (end) => (end ? settle(() => resolve(end)) : lost('the connection ended before the command did')));
      begin(channel);
    });
  });
}

type Sent = (error: Error | undefined, channel: ClientChannel) => void;

function send({ client }: Connection, command: string, sent: Sent): void {
  try {
    client.exec(command, sent);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    sent(Object.assign(new Error(why), { reason: 'not connected' }), undefined as never);
  }
}

/** Told by ssh2's two ways of saying no: a channel that was not opened has a `reason`, a request that was denied this text. */
const isRefusal = (error: Error): boolean => 'reason' in error || error.message.startsWith('Unable to exec');

const refusal = (error: Error): SshFailure =>
  new SshFailure('ssh_refused', `The other side did not take the command: ${error.message}`);

function onEnd(channel: ClientChannel, ended: (end: End | undefined) => void): void {
  let end: End | undefined;
  channel.on('exit', (code: number | null, signal?: string) => {
    end =
      code === null
        ? { exitCode: null, signal: signal ?? null, lost: `ended by signal ${signal}` }
        : { exitCode: code, signal: null };
  });
  channel.on('close', () => ended(end));
  channel.on('error', () => ended(end));
}
