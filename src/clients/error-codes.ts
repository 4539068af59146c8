/** What the operating system's codes of errors say to people. */
const codes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the other side hung up',
  ENOTFOUND: 'there is no host of that name',
  EHOSTUNREACH: 'no way leads there',
};

/** The code stays: it can be looked up. */
export const codeInWords = (code: string): string => {
  const words = codes[code];
  return words === undefined ? code : `${words} (${code})`;
};
