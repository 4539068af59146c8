/** Outcomes of steps: nothing secret and nothing endless is written into a run. */
import { expect, test } from 'vitest';
import { memoryBlobs } from '../../src/blobs/memory.ts';
import { createMasker } from '../../src/engine/masking.ts';
import { boundedOutputs, maskedOutcome } from '../../src/engine/outcome.ts';

const masker = createMasker(['s3cret-token', '48151623']);

test('no secret stays in outputs, however deep, in the note, or in the message of a failure', () => {
  const outputs = { body: { list: ['Bearer s3cret-token'], 's3cret-token': 1 }, pin: 48_151_623, fine: 7, none: null };
  expect(maskedOutcome({ kind: 'succeeded', outputs, note: 'got s3cret-token' }, masker)).toEqual({
    kind: 'succeeded',
    outputs: { body: { list: ['Bearer •••'], '•••': 1 }, pin: '•••', fine: 7, none: null },
    note: 'got •••',
  });
  const failed = {
    kind: 'failed',
    message: 'refused: s3cret-token',
    when: 'before_dispatch',
    class: 'refused',
  } as const;
  expect(maskedOutcome(failed, masker)).toEqual({ ...failed, message: 'refused: •••' });
  expect(maskedOutcome({ kind: 'unknown', message: 's3cret-token?' }, masker)).toMatchObject({ message: '•••?' });
});

test('a long text is cut and says where the whole of it is', async () => {
  const blobs = memoryBlobs();
  const stdout = 'x'.repeat(20_000);
  const outcome = await boundedOutputs({ blobs }, { kind: 'succeeded', outputs: { stdout, exit_code: 0 } });
  const { outputs } = outcome as Extract<typeof outcome, { kind: 'succeeded' }>;
  expect(outputs.exit_code).toBe(0);
  const [, key = ''] =
    /^x{16000}\n\[… cut: 20000 characters, all of them are kept as (\S+)\]$/.exec(`${outputs.stdout}`) ?? [];
  expect(Buffer.from((await blobs.get(key)) ?? []).toString()).toBe(stdout);
});

test('a long list is named instead of cut: half of it would be mistaken for all of it', async () => {
  const blobs = memoryBlobs();
  const items = Array.from({ length: 5000 }, (_, at) => at);
  const outcome = await boundedOutputs({ blobs }, { kind: 'succeeded', outputs: { items } });
  const { outputs } = outcome as Extract<typeof outcome, { kind: 'succeeded' }>;
  expect(outputs.items).toMatchObject({ cut: true, characters: JSON.stringify(items).length });
  const { artefact } = outputs.items as { readonly artefact: string };
  expect(JSON.parse(Buffer.from((await blobs.get(artefact)) ?? []).toString())).toEqual(items);
});

test('many outputs are bounded together, messages too', async () => {
  const outputs = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`o${at}`, 'y'.repeat(15_000)]));
  const outcome = await boundedOutputs({ blobs: memoryBlobs() }, { kind: 'succeeded', outputs });
  expect(JSON.stringify(outcome).length).toBeLessThan(80_000);
  const failed = await boundedOutputs({ blobs: memoryBlobs() }, { kind: 'unknown', message: 'z'.repeat(9_999) });
  expect(failed).toEqual({ kind: 'unknown', message: `${'z'.repeat(2_000)}…` });
});
