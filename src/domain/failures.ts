/** Failures that cross a seam: each says whether trying again makes sense. */

/** The store could not be reached or did not answer in time. Trying again makes sense. */
export class StoreDown extends Error {
  override name = 'StoreDown';
}

/** Others wrote first, again and again. Trying again makes sense. */
export class Outrun extends Error {
  override name = 'Outrun';
}

/** The body is not what the source sends: `path` says where. Trying again does not help. */
export class BadWebhook extends Error {
  override name = 'BadWebhook';
  readonly path: string;
  constructor(path: string, message: string) {
    super(`${path || '(body)'}: ${message}`);
    this.path = path;
  }
}

/** The chat system refused or did not answer. */
export class ChatFailure extends Error {
  override name = 'ChatFailure';
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number;
  constructor(
    code: string,
    more: { readonly retryable: boolean; readonly retryAfterMs?: number; readonly message?: string },
  ) {
    super(more.message ?? code);
    this.code = code;
    this.retryable = more.retryable;
    this.retryAfterMs = more.retryAfterMs ?? 0;
  }
}
