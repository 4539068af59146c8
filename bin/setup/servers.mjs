/** The real servers that the demo and the tests start: used where they are installed, else fetched, else asked for. */
import { existsSync } from 'node:fs';
import { findCommand } from './commands.mjs';
import { fetchServer, installPackages, isDebian } from './debian.mjs';
import { SetupError, say } from './say.mjs';

/** `packages` are Debian's, `|` between alternatives: the redis-server binary lies in redis-tools, promtool moved out of prometheus. */
const servers = {
  redis: { variable: 'TOCSIN_REDIS_SERVER', commands: ['redis-server'], packages: ['redis-server', 'redis-tools'] },
  prometheus: { variable: 'TOCSIN_PROMETHEUS', commands: ['prometheus'], packages: ['prometheus'] },
  alertmanager: {
    variable: 'TOCSIN_ALERTMANAGER',
    commands: ['prometheus-alertmanager', 'alertmanager'],
    packages: ['prometheus-alertmanager'],
  },
  promtool: { variable: 'TOCSIN_PROMTOOL', commands: ['promtool'], packages: ['promtool|prometheus'] },
  sshd: { variable: 'TOCSIN_SSHD', commands: ['sshd'], packages: ['openssh-server'] },
};

/** Environment variables that tell where each server is. */
export async function ensureServers({ install }) {
  const missing = Object.keys(servers).filter((name) => !placeOf(servers[name]));
  if (!missing.length)
    return Object.fromEntries(Object.values(servers).map((server) => [server.variable, placeOf(server)]));
  if (!isDebian()) throw new SetupError(whatToInstall(missing.map((name) => servers[name].commands[0])));
  if (install && process.getuid() === 0)
    installPackages([...missing.flatMap((name) => servers[name].packages), ...systemd()]);
  const places = {};
  for (const server of Object.values(servers)) places[server.variable] = placeOf(server) ?? (await fetched(server));
  return places;
}

async function fetched(server) {
  try {
    return await fetchServer(server);
  } catch (error) {
    const byHand = server.packages.map((alternatives) => alternatives.split('|')[0]).join(' ');
    throw new SetupError(`${error.message}\nIs the network there? Or install it yourself: apt-get install ${byHand}`);
  }
}

/** The demo's host is the better for it, and does without where nothing may be installed. */
function systemd() {
  return findCommand('../lib/systemd/systemd') ? [] : ['systemd'];
}

/** `TOCSIN_SERVERS=fetch` acts as if none were installed. */
function placeOf({ variable, commands }) {
  const given = process.env[variable];
  if (given && !existsSync(given)) throw new SetupError(`${variable} is ${given}, which does not exist.`);
  if (given) return given;
  return process.env.TOCSIN_SERVERS === 'fetch' ? undefined : findCommand(...commands);
}

function whatToInstall(commands) {
  say(`not found on this system: ${commands.join(', ')}`);
  return [
    'Only on Debian and Ubuntu can they be fetched. Please install them, then run this again:',
    '  macOS          brew install redis prometheus alertmanager   (sshd is part of the system)',
    '  Fedora, RHEL   dnf install redis openssh-server   (Prometheus, Alertmanager: https://prometheus.io/download)',
    '  Arch           pacman -S redis prometheus alertmanager openssh',
    '  Alpine         apk add redis prometheus alertmanager openssh-server',
    `Or tell where they are: ${Object.values(servers)
      .map(({ variable }) => variable)
      .join(', ')}.`,
  ].join('\n');
}
