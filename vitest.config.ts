/** How the tests run: files side by side in processes of their own, real servers included. */
import { configDefaults, defineConfig } from 'vitest/config';

/** Where no browser could be had; .ci/report.mjs names what did not run. */
const withoutBrowser = process.env.TOCSIN_CHROMIUM === 'none' ? ['test/e2e/browser.test.ts'] : [];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...withoutBrowser],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
