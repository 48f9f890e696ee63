import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { Visitor } from './browser.js';

/** Evaluated through the debugger, so the content policy of the page stays in force. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WIDTHS = [1280, 320] as const;
const THEMES = ['light', 'dark'] as const;

interface AxeWindow {
  axe: {
    run(options: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
  };
}

/**
 * All that is wrong with the page a visitor is on, at both widths and in both themes: rules of accessibility, sideways scrolling, and what
 * the browser complained about or asked of others since the last look. Empty when nothing is.
 */
export async function faultsOf(visitor: Visitor): Promise<string[]> {
  const { page } = visitor;
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      // Only colours differ between the themes.
      const faults = await accessibilityFaults(page, theme === 'dark' ? ['color-contrast'] : undefined);
      found.push(...faults.map((fault) => `${width} ${theme}: ${fault}`));
    }
    if (await scrollsSideways(page)) found.push(`${width}: scrolls sideways`);
  }
  await page.setViewportSize({ width: 1280, height: 860 });
  found.push(...visitor.complaints.splice(0), ...visitor.strangers.splice(0).map((url) => `asked ${url}`));
  const { pathname } = new URL(page.url());
  return found.map((fault) => `${pathname}: ${fault}`);
}

export async function accessibilityFaults(page: Page, only?: readonly string[]): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async (rules) => {
    const options = rules ? { runOnly: { type: 'rule', values: rules } } : {};
    const { violations } = await (window as unknown as AxeWindow).axe.run({ resultTypes: ['violations'], ...options });
    return violations.map(({ id, nodes }) => {
      const places = nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`);
      return `${id}: ${places.join(' | ')}`;
    });
  }, only);
}

export const scrollsSideways = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

/** GET routes of the reviewed access matrix that some column answers with a page. */
export function pageRoutes(): string[] {
  const file = path.resolve(import.meta.dirname, '../access-matrix.json');
  const { routes } = JSON.parse(readFileSync(file, 'utf8')) as { routes: Record<string, string> };
  return Object.keys(routes)
    .filter((route) => route.startsWith('GET '))
    .map((route) => route.slice('GET '.length));
}

/** The route a path belongs to; the most literal one where several fit. */
export function routeOf(pathname: string, routes: readonly string[]): string | undefined {
  const parts = pathname.split('/');
  const fits = routes.filter((route) => {
    const wanted = route.split('/');
    return wanted.length === parts.length && wanted.every((part, at) => part.startsWith(':') || part === parts[at]);
  });
  return fits.sort((one, other) => one.split(':').length - other.split(':').length)[0];
}

/** Presses Tab until the control with this role and name has the focus, as somebody without a pointer does. */
export async function tabTo(
  page: Page,
  role: 'link' | 'button' | 'textbox' | 'combobox',
  name: string | RegExp,
): Promise<void> {
  const target = page.getByRole(role, typeof name === 'string' ? { name, exact: true } : { name }).first();
  await target.waitFor();
  for (let presses = 0; presses < 120; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never reached the ${role} ${String(name)}`);
}
