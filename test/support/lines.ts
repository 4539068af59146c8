/** A message as lines of text, so that a reader can judge it. */
import type { Message, Rich, Section } from '../../src/domain/message.ts';

export const linesOf = ({ summary, tone, sections }: Message): string =>
  [`(${summary}) ${tone ?? ''}`, ...sections.flatMap(section)].join('\n');

function section(one: Section): readonly string[] {
  switch (one.kind) {
    case 'heading':
      return [`# ${one.text}`];
    case 'text':
      return [rich(one.text)];
    case 'small':
      return [`  ${rich(one.text)}`];
    case 'fields':
      return [one.fields.map(({ label, value }) => `${label}: ${rich(value)}`).join(' | ')];
    case 'list':
      return one.items.map((item) => `- ${rich(item)}`);
    case 'buttons':
      return one.buttons.map(({ label, does }) => `[${label}] ${Object.values(does).join(' ')}`);
    case 'code':
      return [one.text];
    case 'line':
      return ['---'];
  }
}

const marks = { bold: '*', italic: '_', code: '`', strike: '~' } as const;

const rich = (spans: Rich): string =>
  spans
    .map((span) => {
      if ('time' in span) return new Date(span.time).toISOString().slice(11, 16);
      if ('link' in span) return `${span.text}<${span.link}>`;
      if ('user' in span) return `@${span.user}`;
      if ('channel' in span) return `#${span.channel}`;
      if ('call' in span) return `@${span.name}`;
      return span.style ? `${marks[span.style]}${span.text}` : span.text;
    })
    .join('');
