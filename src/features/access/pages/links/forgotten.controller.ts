import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { Public } from '@alcove/sdk';
import { IsEmail, MaxLength } from 'class-validator';
import type { Request, Response } from 'express';
import { readForm, type FormErrors, type FormValues } from '../../../../platform/http/form.js';
import { SeeOther } from '../../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../../platform/views/page.js';
import { PasswordResets } from '../../resets/password-resets.service.js';
import { slowDown } from '../entry-pages.js';
import { isWait, waitOf } from '../wait.js';

class ForgottenForm {
  @IsEmail({}, { message: 'access:sign-in.fault.email' })
  @MaxLength(254, { message: 'access:sign-in.fault.email' })
  email: string;
}

const AFTER = ['reset', 'email'] as const;

/** Asking for a new password, and what comes after a link. */
@Controller('sign-in')
export class ForgottenController {
  constructor(private readonly resets: PasswordResets) {}

  @Get('forgot')
  @Public('people who forgot their password ask here; says nothing about any account')
  show(@Query('asked') asked: unknown): Page {
    return forgottenPage({}, {}, asked === 'yes');
  }

  @Post('forgot')
  @Public('people who forgot their password ask here; the same answer for every address, throttled')
  async ask(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: unknown,
  ): Promise<Page> {
    const form = await readForm(ForgottenForm, body);
    if (!form.ok) return forgottenPage(form.values, form.errors, false);
    const result = await waitOf(() => this.resets.ask(request, form.value.email));
    if (isWait(result)) return slowDown(response, result.seconds);
    throw new SeeOther('/sign-in/forgot?asked=yes');
  }

  @Get('ready')
  @Public('what to do after a one-time link was used; the same for everybody')
  ready(@Query('after') after: unknown): Page {
    const step = AFTER.find((one) => one === after) ?? 'reset';
    return page(
      'access/links/ready',
      { text: `access:link.ready.${step}` },
      { layout: 'entry', title: 'access:link.ready-title' },
    );
  }
}

const forgottenPage = (values: FormValues, errors: FormErrors, asked: boolean): Page =>
  page(
    'access/links/forgotten',
    { values, errors, asked },
    { layout: 'entry', title: 'access:forgot.title', status: Object.keys(errors).length > 0 ? 422 : 200 },
  );
