/** The Slack client's log, in ours: warnings and errors only, and never an error of ours (we say those ourselves, with context). */
import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../engine/ports.ts';
import { cutTo, oneLine } from './text.ts';

const longestLine = 500;

export function boltLog(log: Log): Logger {
  const line = (said: unknown[]): string => cutTo(oneLine(said.map(String).join(' ')), longestLine);
  const say = (...said: unknown[]): void => log.warn('Slack client', { said: line(said) });
  const nothing = (): void => undefined;
  return {
    debug: nothing,
    info: nothing,
    warn: say,
    error: say,
    setLevel: nothing,
    getLevel: () => LogLevel.WARN,
    setName: nothing,
  };
}
