/** Files: Slack's upload in three steps, of which only the last one shows anything. */
import { ChatFailure } from '../domain/failures.ts';
import type { ChatFile } from '../engine/ports.ts';
import type { Api } from './api.ts';
import type { Channels } from './channels.ts';
import type { Lookup, Seen } from './lookup.ts';
import { httpFailure } from './refusals.ts';
import { clean, cutTo, oneLine } from './text.ts';

/** Slack: 1000 characters of alternative text. */
const longestAlt = 1000;
const longestTitle = 255;
const uploadTimeoutMs = 30_000;

export function createUpload(
  api: Api,
  { channels, lookup }: { readonly channels: Channels; readonly lookup: Lookup },
): (file: ChatFile) => Promise<void> {
  return async (file) => {
    const { channel, urgency, thread } = file;
    // Files carry no metadata in Slack: the name tells whether an earlier try got through.
    const isIt = ({ files = [] }: Seen): boolean => files.some(({ name }) => name === file.name);
    if (file.maybeUploaded && (await lookup({ channel, urgency, thread }, isIt))) return;
    const { url, id } = await announce(api, file);
    await send(url, file);
    const files: [{ id: string; title: string }] = [
      { id, title: cutTo(oneLine(file.title), longestTitle) || file.name },
    ];
    await channels.inside(channel, urgency, () =>
      api.call({ method: 'files.completeUploadExternal', urgency }, (slack) =>
        slack.files.completeUploadExternal({ files, channel_id: channel, ...(thread && { thread_ts: thread }) }),
      ),
    );
  };
}

async function announce(api: Api, { name, alt, bytes, urgency }: ChatFile) {
  const text = cutTo(clean(alt), longestAlt);
  // Slack's reference says alt_txt, its own SDK sends alt_text.
  const described = text ? { alt_txt: text, alt_text: text } : {};
  const answer = await api.call({ method: 'files.getUploadURLExternal', urgency }, (slack) =>
    slack.files.getUploadURLExternal({ filename: name, length: bytes.byteLength, ...described }),
  );
  return { url: answer.upload_url ?? '', id: answer.file_id ?? '' };
}

async function send(url: string, { name, bytes }: ChatFile): Promise<void> {
  const form = new FormData();
  form.append('filename', new Blob([new Uint8Array(bytes)]), name);
  const answer = await post(url, form);
  await answer.body?.cancel();
  if (!answer.ok) throw httpFailure(answer.status, 'the upload of a file');
}

async function post(url: string, body: FormData): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(uploadTimeoutMs) });
  } catch (error) {
    throw new ChatFailure('no_answer', { retryable: true, message: `Slack did not take a file: ${String(error)}` });
  }
}
