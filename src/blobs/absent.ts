/** For `catch`: a file that is not there is no failure; any other trouble with it is. */
export function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
