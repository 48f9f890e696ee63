import { it } from '@jest/globals';
import { chromium } from 'playwright-core';
import { seedPeople } from '../../../src/features/people/demo.js';
import { seedPractice } from '../../../src/features/practice/demo.js';
import { seedAppointments } from '../../../src/features/scheduling/demo.js';
import { principal, world } from './support/visual-world.js';

it('pictures', async () => {
  const here = await world();
  await seedPractice(here.app);
  const people = await seedPeople(here.app);
  here.clock.at = new Date('2026-11-17T17:52:00Z');
  const session = await seedAppointments(here.app, people, new Date('2026-11-17T18:02:00Z'));
  here.signedIn.who = { ...principal('clinician', people.clinicians[0].id), displayName: 'Ines Calloway' };
  await here.app.listen(0, '127.0.0.1');
  const base = await here.app.getUrl();
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-background-networking'] });
  const pages: Record<string, string> = {
    today: '/today', calendar: '/calendar', clients: '/clients', chart: `/clients/${session.clientId}`,
    appointment: `/appointments/${session.appointmentId}`, book: `/appointments/new?client=${session.clientId}`, who: '/appointments/new', fresh: '/clients/new',
  };
  for (const width of [1280, 320])
    for (const [name, path] of Object.entries(pages)) {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      page.on('console', (m) => m.type() === 'error' && console.log(name, m.text()));
      await page.goto(base + path);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > width) console.log(`${name} ${width}: scrolls sideways to ${wide}`);
      await page.addScriptTag({ path: '/work/main/node_modules/axe-core/axe.min.js' });
      const axe = (await page.evaluate('axe.run()')) as { violations: { id: string; nodes: { html: string }[] }[] };
      for (const v of axe.violations) console.log(name, width, v.id, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200)).join('\n'));
      await page.screenshot({ path: `/tmp/h6-${name}-${width}.png`, fullPage: true });
      await page.close();
    }
  await browser.close();
  await here.close();
}, 120_000);
