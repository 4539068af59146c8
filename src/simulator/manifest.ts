/** The app as its manifest describes it: Slack learns scopes, commands and switches from nothing else. */
import { parse } from 'yaml';
import { isJson, type Json } from './refusal.ts';
import { manifestProblems } from './rules/check-manifest.ts';

export interface SlashCommand {
  command: string;
  description: string;
  usageHint: string;
  shouldEscape: boolean;
  /** HTTP mode. */
  url?: string | undefined;
}

export interface App {
  id: string;
  name: string;
  description: string;
  botName: string;
  scopes: ReadonlySet<string>;
  commands: readonly SlashCommand[];
  events: ReadonlySet<string>;
  interactivity: boolean;
  socketMode: boolean;
  /** HTTP mode: where clicks and events go. */
  requestUrls: {
    interactivity?: string | undefined;
    options?: string | undefined;
    events?: string | undefined;
  };
  homeTab: boolean;
}

export function readApp(manifest: string | Json): App {
  const root = typeof manifest === 'string' ? (parse(manifest) as unknown) : manifest;
  if (!isJson(root)) throw new Error('The manifest is not a mapping: paste the whole manifest.yml.');
  const found = manifestProblems(root);
  if (found.length) throw new Error(`Slack would refuse this manifest:\n  ${found.join('\n  ')}`);
  const name = String(at(root, 'display_information', 'name'));
  return {
    id: 'A0SIMULATOR',
    name,
    description: String(at(root, 'display_information', 'description') ?? ''),
    botName: String(at(root, 'features', 'bot_user', 'display_name') ?? name.toLowerCase()),
    scopes: new Set(list(at(root, 'oauth_config', 'scopes', 'bot')).map(String)),
    commands: list(at(root, 'features', 'slash_commands'))
      .filter(isJson)
      .map(slashCommand),
    events: new Set(list(at(root, 'settings', 'event_subscriptions', 'bot_events')).map(String)),
    interactivity: at(root, 'settings', 'interactivity', 'is_enabled') === true,
    socketMode: at(root, 'settings', 'socket_mode_enabled') === true,
    requestUrls: {
      interactivity: textAt(root, 'settings', 'interactivity', 'request_url'),
      options: textAt(root, 'settings', 'interactivity', 'message_menu_options_url'),
      events: textAt(root, 'settings', 'event_subscriptions', 'request_url'),
    },
    homeTab: at(root, 'features', 'app_home', 'home_tab_enabled') === true,
  };
}

const slashCommand = (row: Json): SlashCommand => ({
  command: String(row.command),
  description: String(row.description ?? ''),
  usageHint: String(row.usage_hint ?? ''),
  shouldEscape: row.should_escape === true,
  url: textAt(row, 'url'),
});

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function at(root: Json, ...path: string[]): unknown {
  return path.reduce<unknown>((value, key) => (isJson(value) ? value[key] : undefined), root);
}

function textAt(root: Json, ...path: string[]): string | undefined {
  const value = at(root, ...path);
  return typeof value === 'string' ? value : undefined;
}
