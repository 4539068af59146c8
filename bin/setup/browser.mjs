/** The browser that the browser test drives: one that is installed, else Debian's Chromium; without one the test is left out. */
import { findCommand } from './commands.mjs';
import { fetchServer, installPackages, isDebian } from './debian.mjs';
import { SetupError, say } from './say.mjs';

const variable = 'TOCSIN_CHROMIUM';
const commands = ['chromium', 'google-chrome', 'google-chrome-stable'];
const packages = ['chromium', 'chromium-common', 'fonts-dejavu-core', 'fonts-noto-color-emoji'];
const onMac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** Where it is, as an environment variable; `none` makes vitest.config.ts leave the browser test out. */
export async function ensureBrowser({ install }) {
  try {
    return { [variable]: process.env[variable] || (await browser(install)) };
  } catch (error) {
    say(`There is no browser, so test/e2e/browser.test.ts will not run. ${error.message}`);
    say(`Install Chromium or Google Chrome, or set ${variable} to its path.`);
    return { [variable]: 'none' };
  }
}

async function browser(install) {
  const found = installed();
  if (found) return found;
  if (!isDebian()) throw new SetupError('Only on Debian can it be fetched.');
  if (install && process.getuid() === 0) installPackages(packages);
  return installed() ?? (await fetchServer({ commands, packages }));
}

function installed() {
  return process.env.TOCSIN_SERVERS === 'fetch' ? undefined : findCommand(...commands, onMac);
}
