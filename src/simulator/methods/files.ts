/** files.*: an upload in three steps, as Slack has it since files.upload went away. */
import type { Message } from '../messages.ts';
import { type Json, problems, refuse } from '../refusal.ts';
import { jsonList } from '../rules/args.ts';
import type { Channel } from '../workspace.ts';
import type { StoredFile, Upload, World } from '../world.ts';
import { type Call, type Handlers, mustBeIn, mustBeOpen, seesChannel } from './call.ts';
import { botMessage, readBlocks, threadOf } from './compose.ts';

const LARGEST_FILE = 1_000_000_000;
/** Slack: snippets are limited to 1 MB. */
const LARGEST_SNIPPET = 1_000_000;
const LONGEST_ALT = 1_000;
/** Slack: a file is shared in at most 100 channels at once. */
const MOST_CHANNELS = 100;

export const files: Handlers = {
  'files.getUploadURLExternal': ({ world, args }) => {
    const length = args.count('length', 0);
    if (length <= 0) throw problems('invalid_arguments', ['must be more than 0 [json-pointer:/length]']);
    if (length > LARGEST_FILE) throw refuse('file_upload_size_restricted');
    if (args.has('snippet_type') && length > LARGEST_SNIPPET) throw refuse('snippet_too_large');
    const alt = args.text('alt_txt') || args.text('alt_text');
    if (alt.length > LONGEST_ALT) throw refuse('alt_txt_too_large');
    const user = world.workspace.botUserId;
    const file = storedFile(world, { name: args.text('filename'), size: length, alt, user });
    world.uploads.set(file.id, { file, bytes: undefined });
    return { upload_url: `${world.baseUrl()}/upload/v1/${file.id}`, file_id: file.id };
  },
  'files.completeUploadExternal': (call) => {
    const { args, world } = call;
    const wanted = jsonList(args.json('files', 'invalid_arguments'), 'invalid_arguments');
    const uploads = wanted.map((one) => [one, uploaded(world, String(one.id))] as const);
    const channels = placesToShare(call);
    const blocks = args.has('blocks') ? readBlocks(args.json('blocks', 'invalid_blocks_format')) : undefined;
    const threads = channels.map((channel) => threadOf(channel, args.text('thread_ts')));
    const done = uploads.map(([{ title }, upload]) => complete(world, upload, title));
    channels.forEach((channel, i) => {
      const content = { text: args.text('initial_comment'), blocks, attachments: undefined };
      share(channel, { ...botMessage(world, content), thread_ts: threads[i] }, done);
    });
    return { files: done };
  },
  'files.info': ({ world, args }) => {
    const upload = world.files.get(args.text('file'));
    if (!upload) throw refuse('file_not_found');
    return { file: upload.file, comments: [], response_metadata: { next_cursor: '' } };
  },
};

interface NewFile {
  name: string;
  size: number;
  alt: string;
  user: string;
}

export function storedFile(world: World, { name, size, alt, user }: NewFile): StoredFile {
  const id = world.nextId('F');
  const filetype = name.includes('.') ? (name.split('.').at(-1) ?? '') : 'text';
  return {
    id,
    created: Math.floor(world.clock.now() / 1000),
    name,
    title: name,
    filetype,
    mimetype: mimeOf(filetype),
    size,
    user,
    url_private: `${world.baseUrl()}/_control/files/${id}`,
    permalink: `${world.baseUrl()}/files/${id}`,
    shares: { public: {}, private: {} },
    ...(alt ? { alt_txt: alt } : {}),
  };
}

const MIME: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  svg: 'image/svg+xml',
  json: 'application/json',
};
const mimeOf = (filetype: string) => MIME[filetype] ?? 'text/plain';

/** Only what was announced and then sent can be completed, and only once. */
function uploaded(world: World, id: string): Upload {
  const upload = world.uploads.get(id);
  if (!upload?.bytes) throw refuse('file_not_found');
  return upload;
}

function complete(world: World, upload: Upload, title: unknown): StoredFile {
  const { file } = upload;
  file.title = typeof title === 'string' ? title : file.name;
  file.size = upload.bytes?.length ?? 0;
  world.uploads.delete(file.id);
  world.files.set(file.id, upload);
  return file;
}

function placesToShare(call: Call): Channel[] {
  const { args, world } = call;
  const ids = [args.text('channel_id'), ...args.text('channels').split(',')].map((id) => id.trim()).filter(Boolean);
  if (ids.length > MOST_CHANNELS) throw refuse('channels_limit_exceeded');
  return ids.map((id) => {
    const channel = world.workspace.channels.get(id);
    if (!channel || !seesChannel(world, channel)) throw refuse('channel_not_found');
    mustBeIn(call, channel);
    mustBeOpen(channel);
    return channel;
  });
}

function share(channel: Channel, message: Message, done: StoredFile[]): void {
  channel.messages.set(message.ts, { ...message, files: done });
  const place = channel.kind === 'public' ? 'public' : 'private';
  for (const file of done) {
    const shares = file.shares as Record<string, Json>;
    shares[place] = { ...shares[place], [channel.id]: [{ ts: message.ts }] };
  }
}
