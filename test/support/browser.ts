/** A real browser for tests: Chromium without a window, at a page that may ask nobody but its own server. */
import { type Browser, chromium, type Page } from 'playwright-core';
import { findCommand } from '../../src/demo/binaries.ts';

export interface Visit {
  readonly page: Page;
  /** What the page complained about, and whom it asked that it should not. */
  readonly complaints: readonly string[];
  /** Bytes that came over the wire for the page itself. */
  transferred(): Promise<number>;
  close(): Promise<void>;
}

const quiet = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

export async function visit(url: string): Promise<Visit> {
  const browser = await launch();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  const complaints: string[] = [];
  const sizes: Promise<number>[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (said) => {
    if (said.type() === 'error') complaints.push(said.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) complaints.push(`asked ${request.url()}`);
  });
  page.on('requestfinished', (request) => {
    if (request.url().includes('/page/')) sizes.push(request.sizes().then((size) => size.responseBodySize));
  });
  await page.goto(url);
  return {
    page,
    complaints,
    transferred: async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0),
    close: () => browser.close(),
  };
}

function launch(): Promise<Browser> {
  const executablePath =
    process.env.TOCSIN_CHROMIUM ?? findCommand('chromium', 'google-chrome', 'google-chrome-stable');
  if (!executablePath)
    throw new Error('There is no Chromium. `npm test` fetches it; or set TOCSIN_CHROMIUM to its path.');
  return chromium.launch({ executablePath, args: quiet });
}
