/** What the doctor says: of each part whether it is well, and what to do where it is not. */

export type Verdict = 'ok' | 'warning' | 'problem';

export interface Finding {
  /** `redis`, `slack` …: the part of `tocsin.yml`. */
  readonly about: string;
  readonly verdict: Verdict;
  readonly what: string;
  /** What to do; nothing where all is well. */
  readonly advice?: string;
}

/** Looks at one part. What it throws is a problem of that part. */
export interface Check {
  readonly about: string;
  readonly look: () => Promise<readonly Said[]>;
}

export type Said = Omit<Finding, 'about'>;

export const ok = (what: string): Said => ({ verdict: 'ok', what });
export const warning = (what: string, advice: string): Said => ({ verdict: 'warning', what, advice });
export const problem = (what: string, advice: string): Said => ({ verdict: 'problem', what, advice });

/** All at once; one that never answers is a problem after its time. */
export async function examine(checks: readonly Check[], withinMs: number): Promise<readonly Finding[]> {
  const found = await Promise.all(checks.map((check) => looked(check, withinMs)));
  return found.flat();
}

async function looked({ about, look }: Check, withinMs: number): Promise<readonly Finding[]> {
  const late = Promise.withResolvers<readonly Said[]>();
  const timer = setTimeout(() => late.resolve([noAnswer(withinMs)]), withinMs);
  const said = await Promise.race([Promise.resolve().then(look).catch(asProblem), late.promise]);
  clearTimeout(timer);
  return said.map((one) => ({ about, ...one }));
}

const noAnswer = (ms: number): Said =>
  problem(
    `There is no answer within ${ms / 1000} s.`,
    'See whether it runs, and whether a firewall stands in between.',
  );

const asProblem = (error: unknown): readonly Said[] => [
  problem(error instanceof Error ? error.message : String(error), 'See docs/operations.md, "When it does not start".'),
];

export const isWell = (findings: readonly Finding[]): boolean => !findings.some(({ verdict }) => verdict === 'problem');

/** A line for each finding, and one more for what to do. */
export function printed(findings: readonly Finding[]): readonly string[] {
  const lines = findings.flatMap(({ verdict, about, what, advice }) => [
    `${verdict.padEnd(8)} ${about.padEnd(13)} ${what}`,
    ...(advice ? [`${' '.repeat(22)} → ${advice}`] : []),
  ]);
  const count = (wanted: Verdict): number => findings.filter(({ verdict }) => verdict === wanted).length;
  return [...lines, '', `Problems: ${count('problem')}, warnings: ${count('warning')}, ok: ${count('ok')}.`];
}
