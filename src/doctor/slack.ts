/** Slack: whose tokens these are, and whether each scope of the manifest was granted. */
import { type Check, ok, problem, type Said } from './finding.ts';

export interface SlackFacts {
  readonly bot: { readonly name: string; readonly team: string; readonly scopes: readonly string[] } | Refusal;
  /** Nothing where it was taken, or where none is needed. */
  readonly app: Refusal | undefined;
}

interface Refusal {
  readonly why: string;
  readonly advice: string;
}

interface SlackParts {
  readonly facts: () => Promise<SlackFacts>;
  readonly mode: 'socket' | 'http';
  /** Scopes of manifest.yml. */
  readonly wanted: readonly string[];
}

const reinstall =
  'Add it under "OAuth & Permissions" of the app, or paste the output of `tocsin manifest` there, and reinstall the app.';

export const slackCheck = ({ facts, mode, wanted }: SlackParts): Check => ({
  about: 'slack',
  look: async () => {
    const { bot, app } = await facts();
    if ('why' in bot) return [problem(bot.why, bot.advice)];
    return [
      ok(`The bot token is ${bot.name}'s in ${bot.team}.`),
      ...scopesOf(bot.scopes, wanted),
      ...(app === undefined ? [] : [problem(app.why, app.advice)]),
      ...(app === undefined && mode === 'socket' ? [ok('The app token opens a socket.')] : []),
    ];
  },
});

function scopesOf(granted: readonly string[], wanted: readonly string[]): readonly Said[] {
  const missing = wanted.filter((scope) => !granted.includes(scope));
  if (!missing.length) return [ok(`All ${wanted.length} scopes are granted: ${wanted.join(', ')}.`)];
  return missing.map((scope) => problem(`The scope ${scope} is not granted.`, reinstall));
}
