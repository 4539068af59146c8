/** The script that starts an unpacked server with the libraries that came along, so that nobody else needs to know of them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { output } from './commands.mjs';
import { makeRelocatable } from './relocate.mjs';
import { SetupError } from './say.mjs';

/** `into` is where the files are now, `place` where they will be. */
export function writeWrapper({ into, place, commands }) {
  const binary = commands
    .flatMap((name) => ['usr/lib/chromium', 'usr/bin', 'usr/sbin'].map((folder) => join('root', folder, name)))
    .find((path) => existsSync(join(into, path)));
  if (!binary) throw new SetupError(`Debian's package holds no ${commands.join(' or ')}.`);
  const libraries = libraryFolders(join(into, 'root'));
  refuseMissingLibraries(join(into, binary), libraries);
  const carriesLibraries = libraries.length > 0 && isDynamic(join(into, binary));
  const paths = libraries.map((folder) => folder.replace(into, place)).join(':');
  const head = ['#!/bin/sh', ...(carriesLibraries ? [`export LD_LIBRARY_PATH="${paths}"`] : [])];
  writeFileSync(join(into, commands[0]), `${[...head, ...startOf({ into, place, binary, commands })].join('\n')}\n`, {
    mode: 0o755,
  });
}

function startOf({ into, place, binary, commands }) {
  const path = join(place, binary);
  if (commands.includes('sshd')) return sshdScript({ into, place, binary });
  if (commands.includes('chromium')) return chromiumScript({ into, place, binary });
  if (!makeRelocatable(join(into, 'root'), join(into, binary))) return [`exec "${path}" "$@"`];
  return [`cd "${join(place, 'root')}" || exit 1`, `exec "${path}" "$@"`];
}

/** The machine may have no fonts: those that came along count too. */
function chromiumScript({ into, place, binary }) {
  const config = [
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>',
    '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>',
    `<dir>${place}/root/usr/share/fonts</dir><cachedir>${place}/fonts</cachedir></fontconfig>`,
  ];
  writeFileSync(join(into, 'fonts.conf'), config.join('\n'));
  return [`export FONTCONFIG_FILE="${place}/fonts.conf"`, `exec "${join(place, binary)}" "$@"`];
}

/** Every folder below that holds a shared library. */
function libraryFolders(root) {
  const libraries = output('find', [root, '-name', 'lib*.so*', '-not', '-type', 'd']).split('\n').filter(Boolean);
  return [...new Set(libraries.map((path) => dirname(path)))];
}

function isDynamic(binary) {
  return readFileSync(binary).includes('ld-linux');
}

function refuseMissingLibraries(binary, libraries) {
  if (!isDynamic(binary)) return;
  const found = output('ldd', [binary], { env: { ...process.env, LD_LIBRARY_PATH: libraries.join(':') } });
  const missing = found.split('\n').filter((line) => line.includes('not found'));
  if (missing.length) throw new SetupError(`${binary} lacks libraries:\n${missing.join('\n')}`);
}

/**
 * sshd clears its environment before it starts itself anew: `-r` keeps it from doing so up to 9.7, later ones
 * start sshd-session. As root it wants a system user and a folder, which it gets in a mount namespace of its own.
 */
function sshdScript({ into, place, binary }) {
  const session = join('root', 'usr', 'lib', 'openssh', 'sshd-session');
  const path = join(place, binary);
  const options = existsSync(join(into, session)) ? sessionWrappers({ into, place }) : '-r';
  return [
    `if [ "$(id -u)" != 0 ] || grep -q '^sshd:' /etc/passwd; then exec "${path}" ${options} "$@"; fi`,
    'mkdir -p /run/sshd',
    `users="$(mktemp)"; cat /etc/passwd > "$users"; echo 'sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin' >> "$users"; chmod 644 "$users"`,
    `exec unshare -m sh -c 'mount --bind "$0" /etc/passwd && rm "$0"; exec "$@"' "$users" "${path}" ${options} "$@"`,
  ];
}

function sessionWrappers({ into, place }) {
  const libraries = libraryFolders(join(into, 'root'))
    .map((folder) => folder.replace(into, place))
    .join(':');
  return ['session', 'auth']
    .filter((part) => existsSync(join(into, 'root/usr/lib/openssh', `sshd-${part}`)))
    .map((part) => {
      const script = [
        '#!/bin/sh',
        `export LD_LIBRARY_PATH="${libraries}"`,
        `exec "${place}/root/usr/lib/openssh/sshd-${part}" "$@"`,
      ];
      writeFileSync(join(into, `sshd-${part}`), `${script.join('\n')}\n`, { mode: 0o755 });
      return `-o Sshd${part === 'session' ? 'Session' : 'Auth'}Path="${place}/sshd-${part}"`;
    })
    .join(' ');
}
