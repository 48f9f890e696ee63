import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Access, FreshAccess } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { readForm, type FormErrors, type FormValues } from '../../../platform/http/form.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { PracticeService } from '../../practice/public.js';
import { EmergencyAccess } from '../emergency/emergency-access.service.js';
import { EmergencyForm, requestOf } from './emergency.form.js';
import { emergencyView } from './emergency.view.js';
import { textOf } from './query.js';

/** Opening one chart outside one's care, for a short time. */
@Controller('clients')
export class EmergencyController {
  constructor(
    private readonly emergency: EmergencyAccess,
    private readonly practice: PracticeService,
  ) {}

  /** Asks nothing about the number: whoever tries one learns nothing here. */
  @Get('emergency')
  @FreshAccess('emergency:open')
  async show(@Query('number') number: unknown): Promise<Page> {
    const given = textOf(number, 15);
    return this.page(/^\d+$/.test(given) ? { number: given } : {}, {});
  }

  @Post('emergency')
  @FreshAccess('emergency:open')
  async open(@Who() who: Principal, @Body() body: unknown): Promise<Page> {
    const form = await readForm(EmergencyForm, body);
    if (!form.ok) return this.page(form.values, form.errors);
    try {
      const clientId = await this.emergency.open(who, requestOf(form.value));
      throw new SeeOther(`/clients/${clientId}`);
    } catch (error) {
      const fault = error instanceof DomainError ? FAULTS[error.code] : undefined;
      if (!fault) throw error;
      return this.page(form.values, { number: fault });
    }
  }

  @Post(':id/emergency/close')
  @Access('emergency:open')
  async close(@Who() who: Principal, @Param('id') id: string): Promise<never> {
    await this.emergency.close(who, id);
    throw new SeeOther('/clients');
  }

  private async page(values: FormValues, errors: FormErrors): Promise<Page> {
    const call = (await this.practice.current())?.emergencyText ?? null;
    return page('people/emergency', emergencyView({ values, errors, call }), {
      layout: 'staff',
      title: 'people:emergency.title',
      current: 'clients',
      status: Object.keys(errors).length > 0 ? 422 : 200,
    });
  }
}

/** What the form itself says; everything else is answered as elsewhere. */
const FAULTS: Readonly<Record<string, string>> = {
  'people.emergency-limit': 'people:emergency.fault.limit',
  'people.emergency-refused': 'people:emergency.fault.refused',
};
