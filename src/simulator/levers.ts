/** Levers of the page: what its visitor may do to the world; those below to Slack itself, others come with the start. */
import type { Faults } from './faults.ts';
import type { Sockets } from './socket.ts';

export interface Lever {
  id: string;
  label: string;
  description: string;
  /** How long it goes on, where it ends by itself. */
  lastsMs?: number;
  /** Answers with what has happened, in a sentence. */
  run(): Promise<string>;
}

const TROUBLE_MS = 20_000;

/** What there is to make trouble with. */
interface Means {
  readonly faults: Faults;
  readonly sockets: Sockets;
}

export function builtInLevers({ faults, sockets }: Means): readonly Lever[] {
  const trouble = (kind: string, more = {}) => {
    faults.add({ kind, forMs: TROUBLE_MS, ...more });
  };
  return [
    {
      id: 'slack-429',
      label: 'Slack answers 429',
      description: 'For 20 seconds every call is rate limited, with Retry-After: 3.',
      lastsMs: TROUBLE_MS,
      run: async () => {
        trouble('rate_limited', { retryAfter: 3 });
        return 'Slack answers 429 for 20 seconds.';
      },
    },
    {
      id: 'slack-503',
      label: 'Slack is down',
      description: 'For 20 seconds every call is answered 503.',
      lastsMs: TROUBLE_MS,
      run: async () => {
        trouble('http_error', { status: 503 });
        return 'Slack answers 503 for 20 seconds.';
      },
    },
    {
      id: 'slack-silent',
      label: 'Slack is silent',
      description: 'For 20 seconds no call is answered at all.',
      lastsMs: TROUBLE_MS,
      run: async () => {
        trouble('no_answer');
        return 'Slack answers nothing for 20 seconds.';
      },
    },
    {
      id: 'drop-sockets',
      label: 'Cut the sockets',
      description: 'Every Socket Mode connection of the app breaks; it has to come back by itself.',
      run: async () => {
        sockets.drop();
        return 'All sockets are cut.';
      },
    },
    {
      id: 'clear-faults',
      label: 'All is well again',
      description: 'Ends every trouble of Slack’s that was begun here.',
      run: async () => {
        faults.clear();
        sockets.duplicateEnvelopes(false);
        sockets.lingerAfterClose(false);
        return 'Slack is well again.';
      },
    },
  ];
}
