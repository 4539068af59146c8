/** A playbook as a responder wants to know it before it is run: what it needs, what it does, and who has to agree. */
import type { Instant } from '../../domain/ids.ts';
import { bold, code, type Message, plain, type Rich, type Section } from '../../domain/message.ts';
import type { InputSpec, Limits, Playbook, Step, Trigger } from '../../domain/playbook.ts';
import { type Missed, mostCounted } from '../../domain/schedule.ts';
import { kindOf } from './fields.ts';
import { capital, cut, duration, some } from './words.ts';

const mostListed = 40;

export interface Standing {
  /** How its last runs went, where there were any. */
  readonly record?: string | undefined;
  readonly schedule?: { readonly next?: Instant; readonly missed?: Missed } | undefined;
}

export function playbookShown(playbook: Playbook, { record, schedule }: Standing = {}): Message {
  const { id, name, description, risk, owners, inputs, steps, timeoutMs } = playbook;
  return {
    summary: `${name} (${id})`,
    sections: [
      { kind: 'text', text: [bold(name), { text: ' ' }, code(id)] },
      ...(description ? [{ kind: 'text', text: plain(cut(description, 1500)) } as const] : []),
      ...listed('Needs', Object.entries(inputs).map(inputLine)),
      ...listed('Does', steps.map(stepLine)),
      ...listed('Starts', playbook.triggers.map(triggerLine)),
      ...(schedule ? [{ kind: 'text', text: comingLine(schedule) } as const] : []),
      ...listed('Limits', limitLines(playbook.limits).map(plain)),
      ...(record === undefined ? [] : [{ kind: 'text', text: plain(capital(record)) } as const]),
      {
        kind: 'small',
        text: [
          {
            text: `risk ${risk} · owned by ${owners.join(', ') || 'nobody'} · ends after ${duration(timeoutMs)} · version `,
          },
          code(playbook.hash.slice(0, 8)),
          { text: ' · run it with ' },
          code(`/playbook run ${id}`),
        ],
      },
    ],
  };
}

const listed = (title: string, items: readonly Rich[]): readonly Section[] =>
  items.length
    ? [
        { kind: 'text', text: [bold(title)] },
        { kind: 'list', items: items.slice(0, mostListed) },
      ]
    : [];

function inputLine([name, spec]: [string, InputSpec]): Rich {
  const from = typeof spec.from === 'string' ? `, from ${spec.from}` : spec.from ? ', from the alert' : '';
  const need = spec.default === undefined ? (spec.optional ? ', may be left out' : '') : ', has a default';
  return [
    code(name),
    { text: `: ${kindOf(spec)}${from}${need}${spec.description ? `. ${cut(spec.description, 200)}` : ''}` },
  ];
}

const stepLine = ({ id, name, action, parallel, foreach, effect }: Step): Rich => [
  bold(name),
  { text: ' ' },
  code(parallel ? parallel.map((step) => step.action).join(' ‖ ') : action),
  ...(name === id ? [] : [{ text: ` as ${id}` }]),
  ...(foreach ? [{ text: ', once for each item' }] : []),
  ...(effect === 'once' ? [{ text: ', never done twice by itself' }] : []),
];

function triggerLine(trigger: Trigger): Rich {
  if (trigger.kind === 'manual')
    return [{ text: trigger.roles.length ? `by hand, by ${trigger.roles.join(' or ')}` : 'by hand' }];
  const how = trigger.mode === 'auto' ? 'by itself' : 'proposed';
  if (trigger.kind === 'schedule')
    return [{ text: `${how} at ` }, code(trigger.cron), { text: ` by the clock of ${trigger.timezone}` }];
  const after = trigger.forMs ? `, after ${duration(trigger.forMs)}` : '';
  return [{ text: `${how} on ` }, code(cut(trigger.matchers.join(', '), 300)), { text: after }];
}

/** When its schedule comes next, and what of it was missed. */
export const comingLine = ({ next, missed }: NonNullable<Standing['schedule']>): Rich => [
  ...(next === undefined ? [{ text: 'Comes no more.' }] : [{ text: 'Next ' }, { time: next }, { text: '.' }]),
  ...(missed ? missedWords(missed) : []),
];

const missedWords = ({ count, first, last }: Missed): Rich => [
  { text: ` ⚠️ Missed ${count < mostCounted ? some(count, 'time') : `${count} times or more`}, while nothing ran: ` },
  { time: first },
  ...(count > 1 ? [{ text: ' to ' }, { time: last }] : []),
  { text: '.' },
];

function limitLines({ cooldown, maxRuns, maxChange, circuitBreaker, freeze }: Limits): readonly string[] {
  return [
    cooldown && `cools down for ${duration(cooldown.windowMs)}`,
    maxRuns && `at most ${some(maxRuns.count, 'run')} in ${duration(maxRuns.windowMs)}`,
    maxChange && `a change of at most ${maxChange.factor} times up or down`,
    circuitBreaker &&
      `stopped by ${some(circuitBreaker.failures, 'failure')} in ${duration(circuitBreaker.windowMs)}, until somebody resets it`,
    ...freeze.map(({ calendar, overrideRoles }) => `not in the freezes of ${calendar}${except(overrideRoles)}`),
  ].filter((line) => line !== undefined);
}

const except = (roles: readonly string[]): string => (roles.length ? `, except for ${roles.join(' or ')}` : '');
