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
    ...requestUrlProblems(manifest),
    ...(commands.length > MOST_COMMANDS ? [`features.slash_commands: no more than ${MOST_COMMANDS}`] : []),
    ...commands.flatMap((command, i) => commandProblems(command, `features.slash_commands[${i}].`)),
    ...(scopes.length > MOST_SCOPES ? [`oauth_config.scopes.bot: no more than ${MOST_SCOPES}`] : []),
  ];
}

const INTERACTIVITY = 'settings.interactivity';

/** Without Socket Mode, Slack must be told where to; it calls https only. */
function requestUrlProblems(manifest: Json): string[] {
  const urls = [
    [`${INTERACTIVITY}.request_url`, at(manifest, `${INTERACTIVITY}.request_url`)] as const,
    ...listAt(manifest, 'features.slash_commands').map(
      (command, i) => [`features.slash_commands[${i}].url`, isJson(command) ? command.url : undefined] as const,
    ),
  ];
  const isMissing =
    at(manifest, 'settings.socket_mode_enabled') !== true &&
    at(manifest, `${INTERACTIVITY}.is_enabled`) === true &&
    !at(manifest, `${INTERACTIVITY}.request_url`);
  return [
    ...(isMissing ? [`${INTERACTIVITY}.request_url is required without Socket Mode`] : []),
    ...urls
      .filter(([, url]) => url !== undefined && !/^https:\/\/[^\s/]+/.test(String(url)))
      .map(([path]) => `${path} must be a full https URL`),
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
