/** Slack's rules for the name of a channel: up to 80 of a-z, 0-9, hyphen and underscore, and nobody else's. */
import { refuse } from '../refusal.ts';
import type { Workspace } from '../workspace.ts';

const LONGEST_NAME = 80;

export function checkName(workspace: Workspace, name: string): void {
  if (name === '') throw refuse('invalid_name_required');
  if (name.length > LONGEST_NAME) throw refuse('invalid_name_maxlength');
  if (/^[-_.,:;!?'"()]+$/.test(name)) throw refuse('invalid_name_punctuation');
  if (!/^[a-z0-9_-]+$/.test(name)) throw refuse('invalid_name_specials');
  // An archived channel keeps its name.
  const taken = [...workspace.channels.values()].some((channel) => channel.name === name);
  if (taken) throw refuse('name_taken');
}
