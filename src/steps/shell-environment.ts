/** Variables of a script: names that are not code by themselves, and a file that a shell reads them from. */
import { programQuote } from '../clients/shell.ts';

const plainName = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

/** They decide what is run, or belong to the shell: a value of an alert there would be code, or no variable at all. */
const notOurs = [
  /^(PATH|ENV|IFS|PS[0-9]|CDPATH|SHELL|HOME|PWD|OLDPWD|TMPDIR|MAIL(PATH|CHECK)?|TERM(CAP|INFO)?|EDITOR|PAGER|VISUAL)$/,
  /^(LD_|DYLD_|BASH|GIT_|PYTHON|PERL|RUBY|NODE_|JAVA_|_JAVA|JDK_|GCONV_|LOCPATH|MALLOC_|LESS|SUDO_|SSH_|TOCSIN)/,
  /^(_|__proto__|PROMPT_COMMAND|SHELLOPTS|OPTIND|OPTARG|OPTERR|PPID|E?UID|GROUPS|RANDOM|SRANDOM|SECONDS|LINENO|FUNCNAME|FUNCNEST)$/,
  /^(DIRSTACK|PIPESTATUS|HIST\w*|COMP_\w*|COMPREPLY|EPOCH\w*|REPLY|IGNOREEOF|POSIXLY_CORRECT|COPROC|MAPFILE|TIMEFORMAT)$/,
  /^(KSH_VERSION|ZDOTDIR|FPATH|RUBYOPT|CLASSPATH|HOSTALIASES|RES_OPTIONS|LOCALDOMAIN|TZDIR|NLSPATH|OPENSSL_\w*|SSL_\w*)$/,
];

/** Why it is no name for a script's variable, in words. */
export function nameProblem(name: string): string | undefined {
  if (!plainName.test(name)) return `\`${name}\` is no name of a variable: letters, digits and \`_\`.`;
  if (notOurs.some((pattern) => pattern.test(name)))
    return `\`${name}\` has a meaning of its own to shells or programs: choose another name.`;
  return undefined;
}

/** Assignments for `.`: quoted, so that nothing in a value has a meaning. Throws `Unquotable`. */
export const environmentFile = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `export ${name}=${programQuote(value)}\n`)
    .join('');
