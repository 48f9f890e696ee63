import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import { FreshAccess, Public } from '@alcove/sdk';
import {
  IsEmail,
  IsIn,
  IsOptional,
  Length,
  MaxLength,
  Validate,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import type { Request, Response } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { readForm, type FormErrors, type FormValues } from '../../../platform/http/form.js';
import { Who } from '../../../platform/http/request.js';
import { nextStep } from '../../../platform/http/session.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { isTimeZone, timeZoneNames } from '../../practice/public.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { KitService } from '../setup/kit.service.js';
import { SessionService } from '../sessions/session.service.js';
import { SetupService, type FirstRun } from '../setup/setup.service.js';
import { EntryStage } from '../sign-in/entry-stage.js';
import { secretField } from './secret-field.js';
import { kitView, setupView } from './setup.view.js';
import { isWait, waitOf } from './wait.js';

@ValidatorConstraint({ name: 'zone' })
class IsZone implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return isTimeZone(value);
  }
}

class SetupForm {
  @Length(1, 40, { message: 'access:setup.fault.code' }) setupCode: string;
  @Length(1, 120, { message: 'access:setup.fault.name' }) ownerName: string;
  @IsEmail({}, { message: 'access:sign-in.fault.email' })
  @MaxLength(254, { message: 'access:sign-in.fault.email' })
  email: string;
  @Length(1, 120, { message: 'access:setup.fault.practice' }) practiceName: string;
  @Validate(IsZone, { message: 'access:setup.fault.zone' }) timeZone: string;
  @Length(1, 120, { message: 'access:setup.fault.location' }) locationName: string;
  @IsOptional() @IsIn(['yes'], { message: 'common:fault.check' }) alsoClinician?: string;
}

/** The guided first run: owner, practice, zone, location, then the recovery kit. */
@Controller('setup')
export class SetupController {
  constructor(
    private readonly setup: SetupService,
    private readonly kit: KitService,
    private readonly accounts: AccountRepository,
    private readonly entry: EntryStage,
    private readonly sessions: SessionService,
  ) {}

  @Get()
  @Public('the first run; unknown as soon as anybody can sign in')
  async show(): Promise<Page> {
    if (!(await this.setup.isOpen())) throw notFound();
    return setupPage({}, {}, 200);
  }

  @Post()
  @Public('the first run; needs the code from the console and is unknown as soon as anybody can sign in')
  async run(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: unknown,
  ): Promise<Page> {
    if (!(await this.setup.isOpen())) throw notFound();
    const form = await readForm(SetupForm, body, { secret: ['password'] });
    const password = secretField(body, 'password');
    if (!form.ok) return setupPage(form.values, form.errors, 422);
    const right = await waitOf(() => this.setup.isCode(form.value.setupCode, request.clientIp));
    if (isWait(right)) {
      response.setHeader('Retry-After', String(right.seconds));
      return setupPage(form.values, { setupCode: 'access:password.fault.wait' }, 429);
    }
    if (!right) return setupPage(form.values, { setupCode: 'access:setup.fault.code' }, 422);
    const { ownerName, email, practiceName, timeZone, locationName, alsoClinician } = form.value;
    const input: FirstRun = {
      ownerName,
      email,
      password,
      practiceName,
      timeZone,
      locationName,
      alsoClinician: alsoClinician === 'yes',
    };
    const fault = await this.setup.passwordFault(input);
    if (fault) return setupPage(form.values, { password: fault }, 422);
    const id = await this.setup.run(input, { ip: request.clientIp, requestId: request.requestId });
    const owner = await this.accounts.byId(id);
    if (!owner) throw notFound();
    const stage = await this.entry.stageAfterPassword(owner);
    await this.sessions.start(request, owner, { stage, method: 'password', next: '/setup/kit' });
    throw new SeeOther(stage === 'full' ? '/setup/kit' : nextStep(stage));
  }

  @Get('kit')
  @FreshAccess('practice:manage')
  async showKit(@Who() who: Principal): Promise<Page> {
    return this.kitPage(who, {}, 200);
  }

  @Post('kit')
  @FreshAccess('practice:manage')
  async confirmKit(@Who() who: Principal, @Body() body: unknown): Promise<Page> {
    if (!(await this.kit.confirm(who, secretField(body, 'last').slice(0, 64))))
      return this.kitPage(who, { last: 'access:kit.fault' }, 422);
    throw new SeeOther('/admin?done=kit');
  }

  private async kitPage(who: Principal, errors: FormErrors, status: number): Promise<Page> {
    return page('access/kit', kitView(await this.kit.show(who), errors), {
      layout: 'door',
      title: 'access:kit.title',
      status,
    });
  }
}

const setupPage = (values: FormValues, errors: FormErrors, status: number): Page =>
  page('access/setup', setupView(values, errors, timeZoneNames()), {
    layout: 'door',
    title: 'access:setup.title',
    status,
  });
