/** `*.test.yml`: cases of one playbook, read with the line and column of everything that is wrong with them. */
import { z } from 'zod';
import { reasons } from '../domain/reason.ts';
import { failureClasses } from '../domain/run.ts';
import { type Finding, type Path, readDocument } from './document.ts';
import { didYouMean, type Problem } from './problems.ts';
import { Duration } from './shape/basics.ts';

const Outputs = z.record(z.string(), z.json());
const Failing = z.strictObject({
  fail: z.string().min(1).describe('It fails with this message'),
  when: z.enum(['before_dispatch', 'after_dispatch']).default('after_dispatch'),
  class: z.enum(failureClasses).optional().describe('The class of failure, for `retry_on`'),
});
const Unknown = z.strictObject({ unknown: z.string().min(1).describe('Nobody knows how it ended') });
/** Else a `fail` with a mistake in it would count as what a step gives. */
const Given = Outputs.refine((given) => !('fail' in given || 'unknown' in given), {
  error: '`fail` and `unknown` stand without outputs',
  abort: true,
});
const Mock = z.union([Failing, Unknown, Given]);
const Reason = z.enum(reasons, {
  error: ({ input }) => `\`${String(input)}\` is no reason that Tocsin gives.${didYouMean(String(input), reasons)}`,
});

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
  reason: Reason.optional().describe('Why it was refused'),
  outcome: z.string().optional().describe('What its outcome says, or a part of it'),
  steps: z.array(z.string()).optional().describe('What was begun, in this order, reads included'),
  skipped: z.array(z.string()).optional().describe('What was passed over'),
  not_run: z.array(z.string()).optional().describe('What was never begun'),
  failed: z.array(z.string()).optional(),
  dispatches: z.record(z.string(), z.int().min(0)).optional().describe('How often each was begun'),
  same_attempt_id: z.boolean().optional().describe('Whether all repeats had the id of the first'),
  approvals: z.int().min(0).optional().describe('How often people were asked'),
  arguments: z.record(z.string(), Outputs).optional().describe('What a step was given, or a part of it'),
  reasons: z.array(Reason).optional().describe('What history has, in this order'),
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
        mode: z
          .enum(['manual', 'auto', 'schedule'])
          .default('manual')
          .describe(
            '`auto`: the alert itself starts it; `schedule`: its next time comes, and what is only offered is taken up',
          ),
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

export type TestRead =
  | { readonly test: PlaybookTest; problem(finding: Finding): Problem }
  | { readonly problems: readonly Problem[] };

export function readTest({ file, text }: { readonly file: string; readonly text: string }): TestRead {
  const read = readDocument(file, text);
  if ('problems' in read) return read;
  const { document } = read;
  const parsed = PlaybookTest.safeParse(document.data);
  if (parsed.success) return { test: parsed.data, problem: (finding) => document.problem(finding) };
  return { problems: parsed.error.issues.flatMap((issue) => findingsOf(issue)).map((one) => document.problem(one)) };
}

function findingsOf(issue: z.core.$ZodIssue, above: Path = []): readonly Finding[] {
  const path: Path = [...above, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))];
  if (issue.code === 'invalid_union') return nearest(issue.errors.map((form) => inForm(form, path)));
  if (issue.code !== 'unrecognized_keys')
    return [{ path, code: 'bad_value', message: `${place(path)}: ${sentence(issue.message)}` }];
  return issue.keys.map((key) => ({
    path: [...path, key],
    at: 'key' as const,
    code: 'unknown_key' as const,
    message: `\`${key}\` is not a key of a playbook test.${didYouMean(key, knownKeys)}`,
  }));
}

const inForm = (issues: readonly z.core.$ZodIssue[], path: Path): readonly Finding[] =>
  issues.flatMap((issue) => findingsOf(issue, path));

/** Of several forms the one that was most likely meant: the fewest mistakes, and the deepest inside. */
const nearest = (forms: readonly (readonly Finding[])[]): readonly Finding[] =>
  forms.toSorted((one, other) => one.length - other.length || depthOf(other) - depthOf(one))[0] ?? [];

const depthOf = (findings: readonly Finding[]): number => Math.max(...findings.map(({ path }) => path.length));

const sentence = (message: string): string => (/[.?]$/.test(message) ? message : `${message}.`);

const place = (path: Path): string => (path.length ? `\`${path.join('.')}\`` : 'This');

const knownKeys = [PlaybookTest, PlaybookTest.shape.cases.element, Expect, Failing, Person, Alert].flatMap(
  ({ shape }) => Object.keys(shape),
);
