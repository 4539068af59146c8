/** Secrets of playbooks, by reference: only those that tocsin.yml allows, and read when a step needs them. */
import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Config } from './config.ts';

/** Says which reference and what to do, never a value. */
class SecretRefused extends Error {
  override name = 'SecretRefused';
}

/** A plain name: no way out of the folder, and nothing hidden. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const maxBytes = 100_000;

/** `env:NAME` and `file:name`; the engine's port `Secrets`. */
export function createSecrets({ env, folder }: Config['secrets']): { read(reference: string): Promise<string> } {
  return {
    read: async (reference) => {
      const [, kind, name = ''] = /^(env|file):([\s\S]+)$/.exec(reference) ?? [];
      if (kind === 'env') return fromEnvironment(name, env);
      if (kind === 'file') return await fromFolder(name, folder);
      throw new SecretRefused(`${shown(reference)} is no reference to a secret: write \`env:NAME\` or \`file:name\`.`);
    },
  };
}

function fromEnvironment(name: string, env: Config['secrets']['env']): string {
  const known = env.find((one) => one.name === name);
  if (!known)
    throw new SecretRefused(`Playbooks may not read ${shown(`env:${name}`)}: add it to \`secrets.env\` of tocsin.yml.`);
  if (known.value === undefined)
    throw new SecretRefused(
      `\`env:${name}\` has no value: set ${name}, or ${name}_FILE to a file that holds it, and restart.`,
    );
  return known.value.reveal();
}

async function fromFolder(name: string, folder: string | undefined): Promise<string> {
  if (!plainName.test(name))
    throw new SecretRefused(`${shown(`file:${name}`)} is no plain file name: folders and hidden files are not read.`);
  if (folder === undefined) throw new SecretRefused(`\`file:${name}\` needs \`secrets.folder\` in tocsin.yml.`);
  const value = withoutLineEnd(await contentOf(name, folder));
  if (!value) throw new SecretRefused(`\`file:${name}\` is empty.`);
  return value;
}

/** Links are followed within the folder, as Kubernetes mounts secrets; one that leads out could name any file of ours. */
async function contentOf(name: string, folder: string): Promise<string> {
  const [root, path] = await Promise.all(
    [folder, join(folder, name)].map((one) => realpath(one).catch(() => undefined)),
  );
  if (root === undefined || path === undefined)
    throw new SecretRefused(`\`file:${name}\` is not there: put it into the folder \`secrets.folder\`.`);
  if (!path.startsWith(root + sep))
    throw new SecretRefused(`\`file:${name}\` leads out of \`secrets.folder\`: put the file itself there.`);
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (!file) throw new SecretRefused(`\`file:${name}\` cannot be read: let the user that runs Tocsin read it.`);
  return await read(file, name).finally(() => file.close());
}

async function read(file: FileHandle, name: string): Promise<string> {
  const stats = await file.stat();
  if (!stats.isFile()) throw new SecretRefused(`\`file:${name}\` is not a plain file.`);
  if (stats.size > maxBytes)
    throw new SecretRefused(`\`file:${name}\` has more than ${maxBytes / 1000} kB: that is no secret.`);
  return await file.readFile('utf8');
}

const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '');

const shown = (reference: string): string => `\`${reference.slice(0, 120)}\``;
