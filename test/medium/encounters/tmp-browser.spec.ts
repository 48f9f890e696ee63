import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { chromium, type Browser } from 'playwright-core';
import type { NextFunction, Request, Response } from 'express';
import { map } from 'rxjs';
import { mkdirSync, readFileSync } from 'node:fs';
const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
import { createAssets } from '../../../src/platform/assets/assets.module.js';
import { assetsHandler } from '../../../src/platform/assets/assets-handler.js';
import { createI18n } from '../../../src/platform/i18n/i18n.module.js';
import { IconSet } from '../../../src/platform/views/icon-set.js';
import { Views } from '../../../src/platform/views/views.js';
import { coreTemplateFiles } from '../../../src/platform/views/template-files.js';
import { TemplateSet } from '../../../src/platform/views/template-set.js';
import { compiledSources, compilingEnvironment } from '../../../src/platform/views/compiled-sources.js';
import { Page } from '../../../src/platform/views/page.js';
import { clinicianOf, world, type World } from './support.js';
import { WaitingPill } from '../../../src/features/encounters/waiting-pill.js';

const OUT = '/tmp/door-shots';
const STUB = `export function mount(element, config, hooks) {
  element.classList.add('plugin-panel');
  const p = document.createElement('p'); p.textContent = 'meeting of ' + hooks.labels.other; p.id = 'meeting'; p.style.color='white';
  element.append(p);
  window.hooks = hooks;
  hooks.state({ connection: 'connected', quality: 'good' });
  return { destroy() { p.remove(); }, toggleMicrophone() {}, toggleCamera() {} };
}`;
let w: World;
let browser: Browser;
let url: string;
beforeAll(async () => {
  mkdirSync(OUT, { recursive: true });
  w = await world(async (app, who) => {
    const assets = await createAssets();
    const i18n = createI18n();
    const files = coreTemplateFiles(`${process.cwd()}/src`).filter(({ file }) => !file.includes('/features/') || /features\/(encounters|portal)/.test(file));
    const templates = new TemplateSet(compilingEnvironment(), compiledSources(files), { i18n, icons: IconSet.load(`${process.cwd()}/src`), asset: (name) => assets.url(name) });
    const views = new Views(templates, i18n, assets);
    app.use(assetsHandler(assets));
    app.use('/stub.js', (_: Request, res: Response) => void res.type('text/javascript').send(STUB));
    app.use((req: Request, res: Response, next: NextFunction) => {
      res.set('Content-Security-Policy', "default-src 'none'; script-src 'self' 'nonce-n'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; form-action 'self'; base-uri 'none'");
      next();
    });
    app.useGlobalInterceptors({
      intercept: (context, next) =>
        next.handle().pipe(
          map(async (answer: unknown) => {
            if (!(answer instanceof Page)) return answer;
            const res = context.switchToHttp().getResponse<Response>();
            const req = context.switchToHttp().getRequest<Request>();
            if (answer.options.status) res.status(answer.options.status);
            res.type('html');
            const principal = req.principal;
            return views.render(answer, {
              nonce: 'n', csrfToken: 'c', path: req.path, requestId: 'r', locale: 'en', timeZone: 'America/Los_Angeles', nav: [],
              topbar: principal && answer.options.layout === 'staff' ? [{ template: 'encounters/topbar', model: await app.get(WaitingPill).model(principal) }] : [],
              contributions: {}, now: new Date(), baseUrl: url, practiceName: 'Linden Row', theme: 'system', ...(principal ? { principal } : {}),
            });
          }),
        ),
    });
    void who;
  });
  w.video.embed = ({ token }) => ({ module: '/stub.js', config: { token } });
  w.clock.at = new Date();
  await w.app.listen(0, '127.0.0.1');
  url = await w.app.getUrl();
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--disable-background-networking'] });
});
afterAll(async () => {
  await browser?.close();
  await w?.close();
});

it('walks through the door', async () => {
  const startsAt = new Date(Date.now() + 4 * 60_000);
  const appointment = w.appointments.book({ startsAt, endsAt: new Date(startsAt.getTime() + 50 * 60_000) });
  const errors: string[] = [];
  const watch = (page: import('playwright-core').Page, who: string) => {
    page.on('console', (m) => ['error', 'warning'].includes(m.type()) && errors.push(`${who}: ${m.text()} ${m.location().url}`));
    page.on('pageerror', (e) => errors.push(`${who}: ${e.stack}`));
    page.on('response', (r) => r.status() >= 400 && errors.push(`${who}: ${r.status()} ${r.url()}`));
  };
  const clientContext = await browser.newContext({ timezoneId: 'America/Boise' });
  const staffContext = await browser.newContext({ extraHTTPHeaders: { 'x-test-staff': appointment.clinicianId } });
  const client = await clientContext.newPage();
  const staff = await staffContext.newPage();
  watch(client, 'client');
  watch(staff, 'staff');
  void clinicianOf;
  const token = await w.token(appointment);
  const shot = async (page: typeof client, name: string) => {
    for (const [width, height] of [[1280, 860], [320, 700]]) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(150);
      await page.evaluate(AXE);
      const found = await page.evaluate(async () => {
        const { violations } = await (globalThis as unknown as { axe: { run(o: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } }).axe.run({});
        const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth;
        return [...violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160) + ' :: ' + n.failureSummary.slice(0, 200)).join(' | ')}`), ...(wide ? ['sideways scroll'] : [])];
      });
      for (const one of found) errors.push(`axe ${name} ${width}: ${one}`);
      await page.screenshot({ path: `${OUT}/${name}-${width}.png`, fullPage: width === 320 });
    }
    await page.setViewportSize({ width: 1280, height: 860 });
  };
  await staff.goto(`${url}/sessions/${appointment.id}`);
  await client.goto(`${url}/j/${token}`);
  await client.waitForFunction(() => document.querySelector('[data-camera-state]')?.textContent === 'Works');
  await client.waitForTimeout(1500);
  await shot(client, 'check');
  await client.getByRole('button', { name: 'Continue' }).click();
  await client.getByLabel('Street address').fill('220 Juniper Way, Boise');
  await client.getByRole('button', { name: 'Enter the waiting room' }).click();
  await client.waitForSelector('.fault');
  await shot(client, 'questions');
  await client.getByLabel('I am alone').check();
  await client.getByLabel('Someone we may call').fill('Dana, mother, (208) 555-0117');
  await client.getByLabel('If the video fails').fill('(208) 555-0188');
  await client.getByRole('button', { name: 'Enter the waiting room' }).click();
  await client.waitForURL(/waiting$/);
  await shot(client, 'waiting');
  const admit = staff.getByRole('button', { name: 'Admit' });
  await admit.waitFor({ timeout: 10_000 });
  expect(await admit.count()).toBe(1);
  await staff.waitForSelector('text=220 Juniper Way');
  await shot(staff, 'prepare');
  await admit.click();
  await staff.waitForSelector('#meeting');
  await client.waitForURL(/room$/, { timeout: 10_000 });
  await client.waitForSelector('#meeting');
  await shot(client, 'room-client');
  await shot(staff, 'room-staff');
  // second tab
  const tab = await clientContext.newPage();
  watch(tab, 'tab');
  await tab.goto(`${url}/j/${token}`);
  await tab.getByRole('button', { name: 'Use this tab' }).click({ timeout: 10_000 });
  await tab.waitForSelector('#meeting');
  await client.waitForSelector('#meeting', { state: 'detached' });
  await shot(client, 'elsewhere');
  await tab.close();
  await client.getByRole('button', { name: 'Use this tab' }).click();
  await client.waitForSelector('#meeting');
  // fallback
  await client.evaluate(() => (window as unknown as { hooks: { state(s: object): void } }).hooks.state({ connection: 'failed' }));
  await shot(client, 'fallback-client');
  await staff.evaluate(() => (window as unknown as { hooks: { state(s: object): void } }).hooks.state({ connection: 'failed' }));
  await shot(staff, 'fallback-staff');
  // second device
  const phoneContext = await browser.newContext();
  const phone = await phoneContext.newPage();
  watch(phone, 'phone');
  await phone.goto(`${url}/j/${token}/questions`);
  await phone.getByLabel('I prefer not to say').first().check();
  await phone.getByLabel('I am alone').check();
  await phone.locator('[name=contactDeclined]').check();
  await phone.getByRole('button', { name: 'Enter the waiting room' }).click();
  await staff.getByText('second device').waitFor({ timeout: 10_000 });
  await shot(staff, 'second-device');
  await staff.getByRole('button', { name: 'Admit' }).click();
  await phone.waitForURL(/room$/, { timeout: 10_000 });
  await client.waitForURL(new RegExp(`j/${token}$`), { timeout: 10_000 });
  await shot(client, 'replaced');
  await staff.getByRole('button', { name: 'Put back' }).click();
  await phone.waitForURL(/waiting$/, { timeout: 10_000 });
  await staff.locator('summary', { hasText: 'Message or remove' }).click();
  await staff.getByLabel('Short message').fill('One minute please');
  await staff.getByRole('button', { name: 'Send' }).click();
  await phone.getByText('One minute please').waitFor({ timeout: 10_000 });
  await shot(phone, 'message');
  await staff.getByRole('button', { name: 'End session' }).click();
  await shot(staff, 'end-dialog');
  await staff.getByRole('button', { name: 'End it for everyone' }).click();
  await staff.getByText('Measured time').waitFor();
  await shot(staff, 'ended');
  await phone.getByText('This session has ended').waitFor({ timeout: 10_000 });
  await shot(phone, 'ended-client');
  console.log(errors.join('\n') || 'no errors');
}, 110_000);
