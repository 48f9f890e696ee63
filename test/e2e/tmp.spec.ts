import { it } from '@jest/globals';
import { launchBrowser, mediaFlows, Visitor } from '../support/browser.js';
import { TestServer } from '../support/server.js';
import { enterWaitingRoom, meet } from './door-walk.js';
it('x', async () => {
  const server = await TestServer.start();
  const browser = await launchBrowser();
  try {
    const m = await meet(browser, { url: server.url, ...server.demo.session, clinician: server.account('clinician') });
    const phone = await Visitor.open(browser, server.url);
    await enterWaitingRoom(phone, server.demo.session.clientUrl);
    await m.clinician.sees('second device');
    await m.clinician.press('Admit');
    await phone.page.waitForURL(/\/room$/);
    await mediaFlows([m.clinician.page, phone.page]);
    for (let i = 0; i < 4; i++) {
      console.error(m.client.page.url(), (await m.client.page.locator('body').innerText()).slice(0, 600));
      await m.client.page.waitForTimeout(1000);
    }
    await m.client.go(server.demo.session.clientUrl);
    console.error(m.client.page.url(), (await m.client.page.locator('body').innerText()).slice(0, 600));
    const c = await Visitor.open(browser, server.url);
    await c.signIn(server.account('client'));
    console.error(await c.page.locator('main').innerHTML());
    const t = Date.now();
    const t2 = setInterval(() => console.error(Date.now() - t, server.process.output().slice(-300)), 3000);
    await server.end();
    clearInterval(t2);
    console.error('end took', Date.now() - t);
    console.error(server.process.output());
  } finally {
    await browser.close();
    await server.stop();
  }
}, 100000);
