/** `*.test.yml`: cases of one playbook, read with the line and column of everything that is wrong with them. */
import { z } from 'zod';
import { type Finding, type Path, readDocument } from './document.ts';
import { didYouMean, type Problem } from './problems.ts';
import { Duration } from './shape/basics.ts';

const Outputs = z.record(z.string(), z.json());
const Failing = z.strictObject({
  fail: z.string().min(1).describe('It fails with this message'),
  when: z.enum(['before_dispatch', 'after_dispatch']).default('after_dispatch'),
  class: z.string().optional().describe('The class of failure, for `retry_on`'),
});
const Unknown = z.strictObject({ unknown: z.string().min(1).describe('Nobody knows how it ended') });
const Mock = z.union([Failing, Unknown, Outputs]);

const Person = z.strictObject({
  name: z.string().min(1),
  roles: z.array(z.string()).default([]),
  groups: z.array(z.string()).default([]),
});

const Approval = z.union([z.enum(['approve', 'reject', 'expire']), z.strictObject({ by: z.array(Person).min(1) })]);
const Alert = z.strictObject({
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()).default({}),
});

const Expect = z.strictObject({
  state: z
    .enum(['succeeded', 'failed', 'cancelled', 'needs_attention', 'waiting_approval', 'waiting_answer', 'refused'])
    .optional(),
  reason: z.string().optional().describe('Why it was refused'),
  outcome: z.string().optional().describe('What its outcome says, or a part of it'),
  steps: z.array(z.string()).optional().describe('What was begun, in this order, reads included'),
  skipped: z.array(z.string()).optional().describe('What was passed over'),
  not_run: z.array(z.string()).optional().describe('What was never begun'),
  failed: z.array(z.string()).optional(),
  dispatches: z.record(z.string(), z.int().min(0)).optional().describe('How often each was begun'),
  same_attempt_id: z.boolean().optional().describe('Whether all repeats had the id of the first'),
  approvals: z.int().min(0).optional().describe('How often people were asked'),
  arguments: z.record(z.string(), Outputs).optional().describe('What a step was given, or a part of it'),
  reasons: z.array(z.string()).optional().describe('What history has, in this order'),
});

export const PlaybookTest = z.strictObject({
  test: z.literal('playbook/v1'),
  playbook: z.string().describe('The id of the playbook, in the folder of this file'),
  hosts: z.array(z.string().min(1)).default([]).describe('The inventory of these cases'),
  cases: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        alert: z.union([z.string(), Alert]).optional().describe('A webhook or an alert: a JSON file, or its labels'),
        mode: z.enum(['manual', 'auto']).default('manual').describe('`auto`: the alert itself starts it'),
        at: z.iso.datetime().optional().describe('When it happens'),
        frozen: z.array(z.string()).default([]).describe('Calendars that keep things as they are at that time'),
        requester: Person.optional(),
        inputs: Outputs.default({}),
        mocks: z
          .record(z.string(), z.union([z.array(Mock).min(1), Mock]))
          .default({})
          .describe('What each step gives instead of acting; `STEP.verify[0]`: what a look gives'),
        approvals: z.record(z.string(), Approval).default({}).describe('`approve` where nothing is said'),
        answers: Outputs.default({}),
        settle: z.record(z.string(), z.enum(['worked', 'failed', 'verify', 'retry'])).default({}),
        crash: z.strictObject({ at: z.string(), when: z.enum(['before_effect', 'after_effect']) }).optional(),
        cancel_after: Duration.optional(),
        expect: Expect,
      }),
    )
    .min(1),
});

export type PlaybookTest = z.infer<typeof PlaybookTest>;
export type TestCase = PlaybookTest['cases'][number];
export type TestPerson = z.infer<typeof Person>;
export type StepMock = z.infer<typeof Mock>;

export type TestRead = { readonly test: PlaybookTest } | { readonly problems: readonly Problem[] };

export function readTest({ file, text }: { readonly file: string; readonly text: string }): TestRead {
  const read = readDocument(file, text);
  if ('problems' in read) return read;
  const parsed = PlaybookTest.safeParse(read.document.data);
  if (parsed.success) return { test: parsed.data };
  return { problems: parsed.error.issues.flatMap(findingsOf).map((finding) => read.document.problem(finding)) };
}

function findingsOf(issue: z.core.$ZodIssue): readonly Finding[] {
  const path: Path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  if (issue.code !== 'unrecognized_keys')
    return [{ path, code: 'bad_value', message: `${place(path)}: ${issue.message}.` }];
  return issue.keys.map((key) => ({
    path: [...path, key],
    at: 'key' as const,
    code: 'unknown_key' as const,
    message: `\`${key}\` is not a key of a playbook test.${didYouMean(key, knownKeys)}`,
  }));
}

const place = (path: Path): string => (path.length ? `\`${path.join('.')}\`` : 'This');

const knownKeys = [
  ...Object.keys(PlaybookTest.shape),
  ...Object.keys(PlaybookTest.shape.cases.element.shape),
  ...Object.keys(Expect.shape),
];
