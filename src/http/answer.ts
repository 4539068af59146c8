/** What the server answers, as a value. */

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  body: `${JSON.stringify(value)}\n`,
  headers: { ...headers, 'content-type': 'application/json' },
});

export const text = (status: number, body: string, type: string): Answer => ({
  status,
  body,
  headers: { 'content-type': type },
});
