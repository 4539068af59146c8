/** Small words: numbers with their nouns, durations, statuses. */
import { code, type Span } from '../../domain/message.ts';

/** A sentence of ours: what stands in backticks in it is typed by people. */
export const withCode = (sentence: string): readonly Span[] =>
  sentence.split('`').map((part, at): Span => (at % 2 ? code(part) : { text: part }));

export const some = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `90 s`, `5 min`, `2 h 5 min`: at most two units. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 && minutes < 10 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

export function cut(text: string, most: number): string {
  const points = [...text];
  return points.length <= most ? text : `${points.slice(0, most - 1).join('')}…`;
}
