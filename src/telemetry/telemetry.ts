/** JSON logs and metrics, with nothing in them that must not be seen. */
import { pino } from 'pino';
import { createMetrics, type Metrics, type Read } from './metrics.ts';
import { plain } from './plain.ts';
import { scrubber } from './scrub.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The engine's `Log`. */
export interface Log {
  debug(what: string, fields?: Fields): void;
  info(what: string, fields?: Fields): void;
  warn(what: string, fields?: Fields): void;
  error(what: string, fields?: Fields): void;
}

export interface Telemetry {
  readonly log: Log;
  readonly metrics: Metrics;
  /** What is read whenever somebody looks at the metrics; must not throw. */
  watch(read: Read): void;
  /** What `/metrics` answers. */
  exposition(): Promise<string>;
}

export interface TelemetryOptions {
  readonly level: string;
  /** Values that no line may contain, in whatever encoding. */
  readonly secrets: readonly string[];
  /** Default: standard output. */
  readonly destination?: { write(line: string): void };
}

export function createTelemetry({ level, secrets, destination }: TelemetryOptions): Telemetry {
  const scrub = scrubber(secrets);
  const out = destination ?? pino.destination({ fd: 1, sync: true });
  // Scrubbed as text, at the last moment: whatever depth or key a secret hides under, it is in the line.
  const stream = { write: (line: string) => void out.write(scrub(line)) };
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: named } },
    stream,
  );
  const write =
    (method: 'debug' | 'info' | 'warn' | 'error') =>
    (what: string, fields: Fields = {}) =>
      logger[method](plain(fields), what);
  const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  return { log, ...createMetrics((message, fields) => log.warn(message, fields)) };
}

const named = (level: string) => ({ level });
