/** Why the server could not start, and what to do about it. */

export function explainListenError(error: NodeJS.ErrnoException, port: number, host: string): Error {
  return new Error(reasons[error.code ?? '']?.(port, host) ?? `Cannot listen on ${host}:${port}: ${error.message}`, {
    cause: error,
  });
}

const reasons: Readonly<Record<string, (port: number, host: string) => string>> = {
  EADDRINUSE: (port, host) =>
    `Port ${port} of ${host} is taken, perhaps by another Tocsin. Stop what listens there, or set \`http.port\` in tocsin.yml to another one (0: any free one).`,
  EACCES: (port) => `Port ${port} may only be taken by root. Set \`http.port\` in tocsin.yml to 1024 or more.`,
  EADDRNOTAVAIL: (_, host) =>
    `${host} is no address of this machine. Set \`http.host\` in tocsin.yml to one, or to 0.0.0.0 for all.`,
  ENOTFOUND: (_, host) =>
    `${host} is no address and no name that can be found. Set \`http.host\` in tocsin.yml to an address of this machine.`,
};
