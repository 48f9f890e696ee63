import { Body, Controller, Get, Header, HttpCode, Post, Query } from '@nestjs/common';
import { Access, FreshAccess } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { Who } from '../../../platform/http/request.js';
import { sameSitePath } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { RecoveryCodeService } from '../factors/recovery-code.service.js';
import { layoutFor } from './account.view.js';
import { recoveryCodesView } from './recovery-codes.view.js';
import { secretField } from './secret-field.js';

/** Codes on paper for the day no second factor is at hand. */
@Controller('account/recovery-codes')
export class RecoveryCodesController {
  constructor(private readonly codes: RecoveryCodeService) {}

  @Get()
  @Access('account:self')
  async show(@Who() who: Principal, @Query('next') next: unknown): Promise<Page> {
    const left = await this.codes.left(who.id);
    return page('access/recovery-codes', recoveryCodesView(left, sameSitePath(next), who.timeZone), {
      layout: layoutFor(who),
      title: 'access:recovery.title',
    });
  }

  /** Makes new ones and shows them, this once. */
  @Post()
  @FreshAccess('account:self')
  @HttpCode(200)
  async renew(@Who() who: Principal, @Body() body: unknown): Promise<Page> {
    const next = sameSitePath(secretField(body, 'next')) ?? '/account';
    const codes = await this.codes.renew(who);
    return page(
      'access/recovery-codes-shown',
      { codes, packed: codes.join(' '), next },
      {
        layout: layoutFor(who),
        title: 'access:recovery.title',
        scripts: ['access/print.js'],
      },
    );
  }

  /** The codes that are on the screen as a file; only this account's own come back. */
  @Post('file')
  @Access('account:self')
  @HttpCode(200)
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @Header('Content-Disposition', 'attachment; filename="recovery-codes.txt"')
  @Header('Cache-Control', 'no-store')
  async file(@Who() who: Principal, @Body() body: unknown): Promise<string> {
    const shown = await this.codes.own(who, secretField(body, 'codes').slice(0, 1_000).split(' '));
    if (shown.length === 0) throw notFound();
    return `${shown.join('\n')}\n`;
  }
}
