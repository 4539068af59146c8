/** Debian's packages without being root: an apt of our own reads the machine's sources and unpacks into the cache. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cached, cacheFolder } from './cache.mjs';
import { findCommand, output } from './commands.mjs';
import { say } from './say.mjs';
import { writeWrapper } from './wrapper.mjs';

/** Of the C library there can be only one, the machine's. */
const neverFetched = ['libc6', 'libc-bin', 'libgcc-s1', 'gcc-12-base', 'gcc-13-base', 'gcc-14-base'];
const indexGoodForMs = 24 * 3_600_000;

export function isDebian() {
  return Boolean(findCommand('apt-get') && findCommand('dpkg-deb'));
}

/** The path of a script that starts the server, fetched once. */
export async function fetchServer({ commands, packages }) {
  const [name] = commands;
  const folder = await cached(`servers/${systemName()}/${name}`, (into, place) => {
    say(`${name} is not installed: fetching it from Debian's packages into ${cacheFolder()} (once)`);
    withIndex((apt) => {
      const wanted = packages.map((alternatives) => available(apt, alternatives));
      unpack({ apt, into, packages: [...new Set([...wanted, ...missingLibraries(apt, wanted)])] });
    });
    writeWrapper({ into, place, commands });
  });
  return join(folder, name);
}

/** As root: the machine's own apt, told not to start what it installs. */
export function installPackages(packages) {
  say(`Installing Debian's packages ${packages.join(', ')}`);
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  // Debian policy 9.3.3.1: 101 is "action forbidden".
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    output('apt-get', ['update'], { env });
    const wanted = packages.map((alternatives) => available(env, alternatives));
    output('apt-get', ['install', '-y', '--no-install-recommends', ...wanted], { env });
  } finally {
    if (ours) rmSync(policy);
  }
}

/** One folder per release: libraries of one do not fit another. */
function systemName() {
  const facts = Object.fromEntries(
    readFileSync('/etc/os-release', 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.replaceAll('"', '').split('=')),
  );
  return [facts.ID, facts.VERSION_ID ?? facts.VERSION_CODENAME, process.arch].join('-');
}

/** An index is trusted for a day once it has served; the archive may still have moved on, so a failure asks it anew. */
function withIndex(work) {
  const apt = privateApt();
  const stamp = join(dirname(apt.APT_CONFIG), 'refreshed');
  const isFresh = existsSync(stamp) && Date.now() - Number(readFileSync(stamp, 'utf8')) < indexGoodForMs;
  try {
    if (isFresh) return work(apt);
  } catch {
    rmSync(stamp);
  }
  output('apt-get', ['update'], { env: apt });
  work(apt);
  writeFileSync(stamp, String(Date.now()));
}

/** The machine's sources and keys, with lists and cache of our own. */
function privateApt() {
  const folder = join(cacheFolder(), 'apt', systemName());
  const config = join(folder, 'apt.conf');
  mkdirSync(join(folder, 'lists', 'partial'), { recursive: true });
  mkdirSync(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  const settings = [
    `Dir::State::lists "${folder}/lists";`,
    `Dir::Cache "${folder}/cache";`,
    'APT::Sandbox::User "root";',
    'APT::Install-Recommends "false";',
    'Acquire::Languages "none";',
    'Acquire::Retries "3";',
  ];
  writeFileSync(config, `${settings.join('\n')}\n`);
  return { ...process.env, APT_CONFIG: config, LC_ALL: 'C' };
}

/** The first of the alternatives that this release has. */
function available(env, alternatives) {
  const names = alternatives.split('|');
  const known = output('apt-cache', ['pkgnames'], { env }).split('\n');
  return names.find((name) => known.includes(name)) ?? names[0];
}

/** What apt would install beside the server on this very machine, as far as it is a library (or what web pages need). */
function missingLibraries(env, packages) {
  const plan = output('apt-get', ['-s', 'install', ...packages], { env });
  const names = [...plan.matchAll(/^Inst (\S+)/gm)].map((match) => match[1].replace(/:.*/, ''));
  return names.filter((name) => isLibrary(name) && !neverFetched.includes(name));
}

function isLibrary(name) {
  return /^(lib|fonts-)/.test(name);
}

function unpack({ apt, into, packages }) {
  const debs = join(into, 'debs');
  mkdirSync(debs, { recursive: true });
  output('apt-get', ['download', ...packages], { env: apt, cwd: debs });
  for (const deb of output('ls', [debs]).split('\n').filter(Boolean))
    output('dpkg-deb', ['-x', join(debs, deb), join(into, 'root')]);
  rmSync(debs, { recursive: true });
}
