/** Serves the workspace page: a folder of HTML, CSS and TypeScript whose types are taken out on the way. */
import { readdirSync, readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Exchange, sendText } from './exchange.ts';

const folder = fileURLToPath(new URL('./page', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ts': 'text/javascript; charset=utf-8',
};

/** Nothing from elsewhere, nothing inline, and no text ever becomes markup. */
const POLICY = [
  "default-src 'none'",
  ...['script', 'style', 'img', 'connect'].map((what) => `${what}-src 'self'`),
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

interface Asset {
  type: string;
  packed: Buffer;
}

let assets: ReadonlyMap<string, Asset> | undefined;

export async function pageFile(exchange: Exchange): Promise<void> {
  assets ??= readAssets();
  const asset = assets.get(exchange.rest);
  if (!asset) return sendText(exchange.response, 404, 'The page has no such file.\n');
  exchange.response.writeHead(200, { ...HEADERS, 'content-type': asset.type, 'content-encoding': 'gzip' });
  exchange.response.end(asset.packed);
}

/** Also behind every permalink: the page finds the message by its address. */
export const page = (exchange: Exchange): Promise<void> => pageFile({ ...exchange, rest: 'index.html' });

export async function fileLink({ response, rest }: Exchange): Promise<void> {
  response.writeHead(302, { location: `/_control/files/${encodeURIComponent(rest)}` }).end();
}

function readAssets(): ReadonlyMap<string, Asset> {
  const names = readdirSync(folder).filter((name) => TYPES[extname(name)]);
  return new Map(names.map((name) => [name, assetOf(name)]));
}

function assetOf(name: string): Asset {
  const text = readFileSync(`${folder}/${name}`, 'utf8');
  const served = name.endsWith('.ts') ? nodeModule.stripTypeScriptTypes(text) : text;
  return { type: String(TYPES[extname(name)]), packed: gzipSync(served) };
}
