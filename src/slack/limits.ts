/** Slack's published rate limits as token buckets, each a little slower than Slack allows. */

export interface Bucket {
  readonly key: string;
  /** So many at once … */
  readonly burst: number;
  /** … and one more each so many milliseconds. */
  readonly everyMs: number;
  /** The next one only when the last is answered: in order, and never bunched by a slow line. */
  readonly inOrder?: true;
}

export interface Call {
  readonly method: string;
  /** For calls that Slack limits by channel. */
  readonly channel?: string;
  /** 0 goes first. */
  readonly urgency: number;
}

/** Slack: calls a minute for each method and workspace: 20, 50, 100. Burst and refill of any one minute stay below. */
const tiers = {
  T2: { burst: 4, everyMs: 3_800 },
  T3: { burst: 10, everyMs: 1_525 },
  T4: { burst: 20, everyMs: 760 },
  special: { burst: 20, everyMs: 150 },
} as const;

/** docs.slack.dev/reference/methods: the tier on each method's page. */
const methods: Readonly<Record<string, keyof typeof tiers>> = {
  'auth.test': 'special',
  'chat.update': 'T3',
  'conversations.create': 'T2',
  'conversations.history': 'T3',
  'conversations.invite': 'T3',
  'conversations.join': 'T3',
  'conversations.list': 'T2',
  'conversations.replies': 'T3',
  'conversations.setPurpose': 'T2',
  'conversations.setTopic': 'T2',
  'files.completeUploadExternal': 'T4',
  'files.getUploadURLExternal': 'T4',
  'pins.add': 'T2',
  'usergroups.list': 'T2',
  'users.info': 'T4',
  'users.list': 'T2',
  'views.open': 'T4',
  'views.update': 'T4',
};

/** Slack: one message a second in a channel, short bursts allowed; several hundred a minute in a workspace. */
const posting = {
  channel: { burst: 3, everyMs: 1_050, inOrder: true },
  workspace: { burst: 40, everyMs: 240 },
} as const;

/** The narrowest first: a 429 is held against that one. */
export function bucketsOf({ method, channel }: Call): readonly [Bucket, ...Bucket[]] {
  const key = `slack:${method}`;
  if (method === 'chat.postMessage')
    return [
      { key: `${key}:${channel ?? ''}`, ...posting.channel },
      { key, ...posting.workspace },
    ];
  return [{ key, ...tiers[methods[method] ?? 'T2'] }];
}
