/** Slack's rules for an app manifest, as its reference gives them: lengths, counts, and what must be there. */
import { isJson, type Json } from '../refusal.ts';

const MOST_COMMANDS = 50;
const MOST_SCOPES = 255;

/** `[path, most characters]`. */
export const MANIFEST_LENGTHS: readonly (readonly [string, number])[] = [
  ['display_information.name', 35],
  ['display_information.description', 140],
  ['features.bot_user.display_name', 80],
];
export const COMMAND_LENGTHS: readonly (readonly [string, number])[] = [
  ['command', 32],
  ['description', 2000],
  ['usage_hint', 1000],
];

export function manifestProblems(manifest: Json): string[] {
  const commands = listAt(manifest, 'features.slash_commands');
  const scopes = listAt(manifest, 'oauth_config.scopes.bot');
  return [
    ...(at(manifest, 'display_information.name') ? [] : ['display_information.name is required']),
    ...tooLong(manifest, MANIFEST_LENGTHS, ''),
    ...(commands.length > MOST_COMMANDS ? [`features.slash_commands: no more than ${MOST_COMMANDS}`] : []),
    ...commands.flatMap((command, i) => commandProblems(command, `features.slash_commands[${i}].`)),
    ...(scopes.length > MOST_SCOPES ? [`oauth_config.scopes.bot: no more than ${MOST_SCOPES}`] : []),
  ];
}

function commandProblems(command: unknown, prefix: string): string[] {
  if (!isJson(command)) return [`${prefix.slice(0, -1)} must be an object`];
  return [
    ...(/^\/[^\s/]+$/.test(String(command.command))
      ? []
      : [`${prefix}command must be one word that starts with a slash`]),
    ...(command.description ? [] : [`${prefix}description is required`]),
    ...tooLong(command, COMMAND_LENGTHS, prefix),
  ];
}

const tooLong = (root: Json, lengths: readonly (readonly [string, number])[], prefix: string): string[] =>
  lengths
    .filter(([path, most]) => String(at(root, path) ?? '').length > most)
    .map(([path, most]) => `${prefix}${path} is longer than ${most} characters`);

const at = (root: Json, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (isJson(value) ? value[key] : undefined), root);

function listAt(root: Json, path: string): unknown[] {
  const value = at(root, path);
  return Array.isArray(value) ? value : [];
}
