import { Controller, Get, Post, type Type } from '@nestjs/common';
import { Access, BackgroundAccess, Public } from '@alcove/sdk';
import { AccountService } from '../../../../src/features/access/public.js';
import { systemPrincipal, type Role } from '../../../../src/platform/access/principal.js';
import { newId } from '../../../../src/platform/ids.js';
import type { AccessApp } from './access-app.js';
import { Browser, type Answer } from './browser.js';

@Controller('probe')
class ProbeController {
  @Get('day') @Access('day:read') day(): { ok: boolean } {
    return { ok: true };
  }
  @Post('day') @Access('day:read') change(): { ok: boolean } {
    return { ok: true };
  }
  @Get('poll') @BackgroundAccess('account:self') poll(): { ok: boolean } {
    return { ok: true };
  }
  @Get('open') @Public('a test') open(): { ok: boolean } {
    return { ok: true };
  }
}

/** One route of each kind, to see what the guard does with it. */
export const PROBES: readonly Type[] = [ProbeController];
export const PASSWORD = 'quiet river lantern';
export const minutes = (count: number): number => count * 60_000;

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly browser: Browser;
}

/** People with accounts and browsers in one application. */
export class Cast {
  private count = 0;

  constructor(readonly world: AccessApp) {}

  get port(): number {
    return (this.world.app.getHttpServer().address() as { port: number }).port;
  }

  /** A number nobody else has, for addresses. */
  next(): number {
    return ++this.count;
  }

  /** A browser with a network address of its own. */
  browser(ip = `192.0.2.${this.next() % 250}`): Browser {
    return new Browser(this.port, { 'x-test-ip': ip });
  }

  async person(options: { role?: Role; totpSecret?: string; password?: string } = {}): Promise<Person> {
    const email = `person${this.next()}@care.example`;
    const id = await this.world.app.get(AccountService).create(systemPrincipal('test'), {
      role: options.role ?? 'clinician',
      email,
      password: options.password ?? PASSWORD,
      personId: newId(),
      timeZone: 'America/Los_Angeles',
      totpSecret: options.totpSecret,
    });
    return { id, email, browser: this.browser() };
  }

  pass(milliseconds: number): void {
    this.world.clock.at = new Date(this.world.clock.at.getTime() + milliseconds);
  }
}

export async function signIn(browser: Browser, email: string, password = PASSWORD, next = ''): Promise<Answer> {
  await browser.get('/sign-in');
  return browser.post('/sign-in', { email, password, ...(next && { next }) });
}
