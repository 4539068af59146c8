/** The manifest of the Slack app, as it is pasted into Slack: for Socket Mode as it lies here, or for requests to an address. */
import { readFileSync } from 'node:fs';
import { type Document, isMap, parse, parseDocument } from 'yaml';

const file = new URL('../../manifest.yml', import.meta.url);

export const socketManifest = (): string => readFileSync(file, 'utf8');

/** What the bot token must be granted. */
export function manifestScopes(): readonly string[] {
  const { oauth_config } = parse(socketManifest()) as { oauth_config: { scopes: { bot: readonly string[] } } };
  return oauth_config.scopes.bot;
}

/** Slack calls https only, on the path that the door listens at. Throws where the address is none. */
export function httpManifest(address: string): string {
  const url = requestUrl(address);
  const manifest = parseDocument(socketManifest());
  for (const [at] of commandsIn(manifest).entries()) manifest.setIn(['features', 'slash_commands', at, 'url'], url);
  manifest.setIn(['settings', 'interactivity', 'request_url'], url);
  manifest.setIn(['settings', 'socket_mode_enabled'], false);
  return manifest.toString({ lineWidth: 0 });
}

function commandsIn(manifest: Document): readonly unknown[] {
  const commands = manifest.getIn(['features', 'slash_commands']) as
    | { readonly items?: readonly unknown[] }
    | undefined;
  return commands?.items?.filter((item) => isMap(item)) ?? [];
}

function requestUrl(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'https:' || url.search || url.hash || url.username)
    throw new Error(
      `\`${address}\` will not do: Slack calls an address that begins with https://, for example https://tocsin.example.com.`,
    );
  return `${url.href.replace(/\/$/, '')}/slack/events`;
}
