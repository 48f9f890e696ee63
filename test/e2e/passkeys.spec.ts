import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, CDPSession } from 'playwright-core';
import { AccountService } from '../../src/features/access/public.js';
import { systemPrincipal } from '../../src/platform/access/principal.js';
import { bootApp, type BootedApp } from '../support/app.js';
import { launchBrowser, Visitor } from '../support/browser.js';
import { freePort } from '../support/free-port.js';
import { faultsOf } from '../support/pages.js';
import { TestServer } from '../support/server.js';

type Passkey = Awaited<ReturnType<typeof credentialsOf>>[number];
const credentialsOf = async (session: CDPSession, authenticatorId: string) =>
  (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials;

/** A device inside the browser that makes passkeys and answers for its person. */
class Device {
  private constructor(
    private readonly session: CDPSession,
    private readonly id: string,
  ) {}

  static async plugIn(visitor: Visitor): Promise<Device> {
    const session = await visitor.context.newCDPSession(visitor.page);
    await session.send('WebAuthn.enable', { enableUI: false });
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new Device(session, authenticatorId);
  }

  /** Whether the person gives finger, face or PIN. */
  async verifies(isUserVerified: boolean): Promise<void> {
    await this.session.send('WebAuthn.setUserVerified', { authenticatorId: this.id, isUserVerified });
  }

  async passkeys(): Promise<Passkey[]> {
    return credentialsOf(this.session, this.id);
  }

  /** Puts a passkey of another device into this one, as makers' accounts do. */
  async receive(credential: Passkey): Promise<void> {
    await this.session.send('WebAuthn.addCredential', { authenticatorId: this.id, credential });
  }
}

describe('passkeys, in a browser with a device', () => {
  let server: TestServer;
  let browser: Browser;
  let visitor: Visitor;
  let device: Device;

  beforeAll(async () => {
    const port = await freePort();
    browser = await launchBrowser();
    // Browsers make no passkeys for addresses that are numbers.
    server = await TestServer.start({ port, env: { ALCOVE_BASE_URL: `http://localhost:${port}` } });
    visitor = await Visitor.open(browser, server.url);
    // This device answers at once, so a page that offers passkeys by itself would sign in before anybody presses anything.
    await visitor.context.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
    });
    device = await Device.plugIn(visitor);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  }, 60_000);

  const arrives = (path: string): Promise<void> => visitor.page.waitForURL((url) => url.pathname === path);

  /** Without a session, as on another day. */
  async function comesBack(): Promise<void> {
    await visitor.context.clearCookies();
    await visitor.go('/sign-in');
  }

  it('one is added, and recovery codes beside it', async () => {
    await visitor.signIn(server.account('scheduler'));
    await visitor.go('/account');
    expect(await faultsOf(visitor)).toEqual([]);
    await visitor.page.getByRole('link', { name: 'Add a passkey' }).click();
    await arrives('/account/passkeys/new');
    expect(await faultsOf(visitor)).toEqual([]);
    await visitor.page.getByLabel('Name for this passkey').fill('Front desk');
    await visitor.press('Make a passkey');
    await arrives('/account/recovery-codes');
    expect(await device.passkeys()).toMatchObject([{ rpId: 'localhost', isResidentCredential: true }]);
    expect(await faultsOf(visitor)).toEqual([]);
    await visitor.press('Make new codes');
    await visitor.sees('This is the only time you see them');
    expect(await visitor.page.locator('ol code').count()).toBe(10);
    expect(await faultsOf(visitor)).toEqual([]);
    const [file] = await Promise.all([visitor.page.waitForEvent('download'), visitor.press('Save as a file')]);
    expect(file.suggestedFilename()).toBe('recovery-codes.txt');
    await visitor.page.getByRole('link', { name: 'I have them' }).click();
    await arrives('/account');
    await visitor.sees('Front desk');
    await visitor.sees('10 of 10 left.');
    expect(await faultsOf(visitor)).toEqual([]);
  }, 60_000);

  it('the same device is not taken twice, and says so', async () => {
    await visitor.go('/account/passkeys/new');
    await visitor.press('Make a passkey');
    await visitor.sees('This device has a passkey for your account already.');
    expect(new URL(visitor.page.url()).pathname).toBe('/account/passkeys/new');
  }, 30_000);

  it('it signs in with no address typed', async () => {
    await comesBack();
    expect(await faultsOf(visitor)).toEqual([]);
    const [{ signCount }] = await device.passkeys();
    await visitor.press('Use a passkey instead');
    await arrives('/today');
    expect((await device.passkeys())[0].signCount).toBeGreaterThan(signCount);
    await visitor.go('/account');
    await visitor.sees('By passkey');
  }, 30_000);

  it('not without finger, face or PIN', async () => {
    await comesBack();
    await device.verifies(false);
    await visitor.press('Use a passkey instead');
    await visitor.sees('Nothing was chosen, or it took too long.');
    expect(new URL(visitor.page.url()).pathname).toBe('/sign-in');
    await device.verifies(true);
    await visitor.press('Use a passkey instead');
    await arrives('/today');
  }, 30_000);

  it('it is the second step after the password, and confirms that it is you', async () => {
    await comesBack();
    const { email, password } = server.account('scheduler');
    await visitor.page.getByLabel('Email').fill(email);
    await visitor.page.getByLabel('Password').fill(password);
    await visitor.press('Continue');
    await arrives('/sign-in/code');
    expect(await faultsOf(visitor)).toEqual([]);
    await visitor.page.getByRole('link', { name: 'Use a recovery code' }).click();
    await arrives('/sign-in/recovery-code');
    expect(await faultsOf(visitor)).toEqual([]);
    await visitor.page.getByRole('link', { name: 'Back to the other ways' }).click();
    await visitor.press('Use your passkey');
    await arrives('/today');
    await visitor.go('/account/again?next=/account/passkeys/new');
    expect(await faultsOf(visitor)).toEqual([]);
    await visitor.press('Use your passkey');
    await arrives('/account/passkeys/new');
  }, 40_000);

  it('the email field offers it by itself where the browser can', async () => {
    const other = await Visitor.open(browser, server.url);
    const copy = await Device.plugIn(other);
    for (const passkey of await device.passkeys())
      await copy.receive({ ...passkey, signCount: passkey.signCount + 100 });
    await other.go('/sign-in');
    await other.page.waitForURL((url) => url.pathname === '/today');
    await other.close();
  }, 30_000);

  it('once removed, it opens nothing any more', async () => {
    await visitor.go('/account');
    await visitor.page.getByRole('link', { name: 'Change Front desk' }).click();
    await visitor.page.getByRole('heading', { name: 'Front desk' }).waitFor();
    expect(await faultsOf(visitor)).toEqual([]);
    await visitor.page.getByLabel('Your present password').fill(server.account('scheduler').password);
    await visitor.press('Remove');
    await arrives('/account');
    await visitor.sees('The passkey is removed.');
    await comesBack();
    await visitor.press('Use a passkey instead');
    await visitor.sees('That did not work. Try the passkey again');
    visitor.forget();
  }, 30_000);
});

describe('setting up a second factor, where everybody who works here must', () => {
  let booted: BootedApp;
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
    booted = await bootApp({ staffSecondFactor: 'required', env: { ALCOVE_HOST: 'localhost' } });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await booted?.close();
  }, 60_000);

  it('is the page after the password, and a passkey is enough', async () => {
    const account = { email: 'owner@care.example', password: 'quiet river lantern' };
    await booted.app.get(AccountService, { strict: false }).create(systemPrincipal('test'), {
      ...account,
      role: 'owner',
      personId: null,
      timeZone: 'UTC',
    });
    const visitor = await Visitor.open(browser, booted.url);
    await Device.plugIn(visitor);
    await visitor.context.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
    });
    await visitor.go('/sign-in');
    await visitor.page.getByLabel('Email').fill(account.email);
    await visitor.page.getByLabel('Password').fill(account.password);
    await visitor.press('Continue');
    await visitor.page.waitForURL((url) => url.pathname === '/sign-in/second-factor');
    expect(await faultsOf(visitor)).toEqual([]);
    await visitor.press('Set up an authenticator app');
    await visitor.sees('Point the camera at this picture.');
    expect(await faultsOf(visitor)).toEqual([]);
    await visitor.go('/admin');
    expect(new URL(visitor.page.url()).pathname).toBe('/sign-in/second-factor');
    await visitor.press('Make a passkey');
    await visitor.page.waitForURL((url) => url.pathname === '/account/recovery-codes');
    await visitor.go('/admin');
    expect(new URL(visitor.page.url()).pathname).toBe('/admin');
    await visitor.close();
  }, 60_000);
});
