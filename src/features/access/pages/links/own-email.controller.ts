import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Access, FreshAccess } from '@alcove/sdk';
import { IsEmail, MaxLength } from 'class-validator';
import type { Principal } from '../../../../platform/access/principal.js';
import { DomainError } from '../../../../platform/errors/domain-error.js';
import { readForm, type FormErrors, type FormValues } from '../../../../platform/http/form.js';
import { Who } from '../../../../platform/http/request.js';
import { SeeOther } from '../../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../../platform/views/page.js';
import { ACCESS_ERRORS } from '../../access.errors.js';
import { OwnAccountService } from '../../accounts/own-account.service.js';
import { EmailChanges } from '../../resets/email-changes.service.js';
import { layoutFor } from '../account.view.js';
import { ownEmailView } from './own-email.view.js';

class OwnEmailForm {
  @IsEmail({}, { message: 'access:sign-in.fault.email' })
  @MaxLength(254, { message: 'access:sign-in.fault.email' })
  email: string;
}

/** The address one signs in with. */
@Controller('account/email')
export class OwnEmailController {
  constructor(
    private readonly account: OwnAccountService,
    private readonly emails: EmailChanges,
  ) {}

  @Get()
  @Access('account:self')
  async show(@Who() who: Principal, @Query('done') done: unknown): Promise<Page> {
    return this.page(who, {}, {}, done);
  }

  @Post()
  @FreshAccess('account:self')
  async wish(@Who() who: Principal, @Body() body: unknown): Promise<Page> {
    const form = await readForm(OwnEmailForm, body);
    if (!form.ok) return this.page(who, form.values, form.errors, undefined);
    let outcome;
    try {
      outcome = await this.emails.wish(who, form.value.email);
    } catch (error) {
      if (!isTaken(error)) throw error;
      return this.page(who, form.values, { email: 'access:own-email.fault.taken' }, undefined);
    }
    throw new SeeOther(`/account/email?done=${outcome}`);
  }

  @Post('back')
  @FreshAccess('account:self')
  async back(@Who() who: Principal): Promise<Page> {
    try {
      await this.emails.putBackOwn(who);
    } catch (error) {
      if (!isTaken(error)) throw error;
      return this.page(who, {}, { email: 'access:own-email.fault.taken' }, undefined);
    }
    throw new SeeOther('/sign-in');
  }

  private async page(who: Principal, values: FormValues, errors: FormErrors, done: unknown): Promise<Page> {
    const [own, state] = await Promise.all([this.account.read(who), this.emails.own(who)]);
    return page('access/links/own-email', ownEmailView(who, own.email, state, { values, errors, done }), {
      layout: layoutFor(who),
      title: 'access:own-email.title',
      status: Object.keys(errors).length > 0 ? 422 : 200,
    });
  }
}

const isTaken = (error: unknown): boolean =>
  error instanceof DomainError && error.code === ACCESS_ERRORS['access.email-taken'];
