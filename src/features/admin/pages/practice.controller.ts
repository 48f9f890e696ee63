import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { readForm, type FormErrors, type FormValues } from '../../../platform/http/form.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { PracticeService, timeZoneNames } from '../../practice/public.js';
import { LocationForm, PracticeForm } from './practice.forms.js';
import { practiceView } from './practice.view.js';

/** A form of the page that came back faulty: `practice`, `new` (location) or a location's id. */
interface Faulty {
  readonly form: string;
  readonly values: FormValues;
  readonly errors: FormErrors;
}

/** The practice, its zone and its locations. */
@Controller('admin/practice')
export class AdminPracticeController {
  constructor(private readonly practice: PracticeService) {}

  @Get()
  @Access('practice:read')
  async show(@Who() who: Principal, @Query('done') done: unknown): Promise<Page> {
    return this.page(who, done, undefined);
  }

  @Post()
  @Access('practice:manage')
  async update(@Who() who: Principal, @Body() body: unknown): Promise<Page> {
    const form = await readForm(PracticeForm, body);
    if (!form.ok) return this.page(who, undefined, { form: 'practice', values: form.values, errors: form.errors });
    const { name, timeZone, phone, email, crisisText, crisisPhone, emergencyText } = form.value;
    await this.practice.update(who, {
      name,
      timeZone,
      phone: phone || null,
      email: email || null,
      crisisText: crisisText || null,
      crisisPhone: crisisPhone || null,
      emergencyText: emergencyText || null,
    });
    throw new SeeOther('/admin/practice?done=practice');
  }

  @Post('locations')
  @Access('practice:manage')
  async addLocation(@Who() who: Principal, @Body() body: unknown): Promise<Page> {
    const form = await readForm(LocationForm, body);
    if (!form.ok) return this.page(who, undefined, { form: 'new', values: form.values, errors: form.errors });
    await this.practice.addLocation(who, toLocation(form.value));
    throw new SeeOther('/admin/practice?done=location');
  }

  @Post('locations/:id')
  @Access('practice:manage')
  async updateLocation(@Who() who: Principal, @Param('id') id: string, @Body() body: unknown): Promise<Page> {
    const practice = await this.practice.required();
    if (!practice.locations.some((location) => location.id === id)) throw notFound();
    const form = await readForm(LocationForm, body);
    if (!form.ok) return this.page(who, undefined, { form: id, values: form.values, errors: form.errors });
    await this.practice.updateLocation(who, id, toLocation(form.value));
    throw new SeeOther('/admin/practice?done=location');
  }

  private async page(who: Principal, done: unknown, faulty: Faulty | undefined): Promise<Page> {
    const practice = await this.practice.required();
    return page('admin/practice', practiceView(who, practice, timeZoneNames(), done, faulty), {
      layout: 'staff',
      title: 'admin:practice.title',
      current: 'admin',
      status: faulty ? 422 : 200,
    });
  }
}

const toLocation = (form: LocationForm) => ({
  name: form.name,
  timeZone: form.timeZone,
  address: form.address || null,
});
