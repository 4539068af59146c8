/** What provokes each error of files.*. */
import { type Cases, type Given, NO_TS, NOWHERE, section } from '../support/stage.ts';
import type { Json } from '../support/workspace.ts';

const completing =
  (more: Json = {}): Given =>
  async (stage) => ({
    files: [{ id: await stage.upload(), title: 'A' }],
    channel_id: await stage.room(),
    ...more,
  });

export const files: Cases = {
  'files.getUploadURLExternal': {
    ok: () => ({ filename: 'graph.png', length: 100, alt_txt: 'x'.repeat(1000) }),
    errors: {
      alt_txt_too_large: () => ({ filename: 'graph.png', length: 100, alt_txt: 'x'.repeat(1001) }),
      snippet_too_large: () => ({ filename: 'log.txt', length: 1_000_001, snippet_type: 'text' }),
      file_upload_size_restricted: () => ({ filename: 'disk.img', length: 1_000_000_001 }),
    },
  },
  'files.completeUploadExternal': {
    ok: completing(),
    errors: {
      file_not_found: completing({ files: [{ id: 'F0NONE' }] }),
      channel_not_found: completing({ channel_id: NOWHERE }),
      not_in_channel: completing({ channel_id: 'C000000002' }),
      is_archived: async (stage) => ({ files: [{ id: await stage.upload() }], channel_id: await stage.archived() }),
      channels_limit_exceeded: completing({ channels: Array.from({ length: 101 }, (_, i) => `C${i}`).join() }),
      invalid_blocks: completing({ blocks: [{ type: 'marquee' }] }),
      invalid_blocks_format: completing({ blocks: 'not json' }),
      msg_blocks_too_long: completing({ blocks: Array.from({ length: 5 }, () => section('x'.repeat(2700))) }),
      invalid_thread_ts: completing({ thread_ts: NO_TS }),
    },
  },
  'files.info': {
    ok: async (stage) => {
      const file = await stage.upload();
      await stage.must('files.completeUploadExternal', { files: [{ id: file }] });
      return { file };
    },
    errors: { file_not_found: () => ({ file: 'F0NONE' }) },
  },
};
