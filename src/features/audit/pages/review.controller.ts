import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { readForm } from '../../../platform/http/form.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { Review } from '../review/review.service.js';
import { DecisionForm, SignForm } from './review.form.js';
import { reviewView, type FaultyForm } from './review.view.js';

/** Refusals the page explains; every other error passes through. */
const REFUSALS: Readonly<Record<string, string>> = {
  'audit.own-act': 'audit:refusal.own-act',
  'audit.decided-already': 'audit:refusal.decided-already',
  'audit.signed-already': 'audit:refusal.signed-already',
};

/** The weekly review: look, decide, sign. */
@Controller('admin/audit/review')
export class ReviewController {
  constructor(private readonly review: Review) {}

  @Get()
  @Access('audit:review')
  async show(@Who() who: Principal, @Query('week') week: unknown, @Query('done') done: unknown): Promise<Page> {
    return this.page(who, typeof week === 'string' ? week : '', 200, { done });
  }

  @Post('findings/:id')
  @Access('audit:review')
  async decide(@Who() who: Principal, @Param('id') id: string, @Body() body: unknown): Promise<Page> {
    const week = await this.review.weekOf(who, id);
    const form = await readForm(DecisionForm, body);
    if (!form.ok) return this.page(who, week, 422, { faulty: { form: id, values: form.values, errors: form.errors } });
    const { decision, note } = form.value;
    return this.after(who, week, decision, () => this.review.decide(who, id, decision, note ?? ''));
  }

  @Post(':week/sign')
  @Access('audit:review')
  async sign(@Who() who: Principal, @Param('week') week: string, @Body() body: unknown): Promise<Page> {
    const form = await readForm(SignForm, body);
    if (!form.ok)
      return this.page(who, week, 422, { faulty: { form: 'sign', values: form.values, errors: form.errors } });
    return this.after(who, week, 'signed', () => this.review.sign(who, week, form.value.note ?? ''));
  }

  private async after(who: Principal, week: string, done: string, act: () => Promise<void>): Promise<Page> {
    try {
      await act();
    } catch (error) {
      const refusal = error instanceof DomainError ? REFUSALS[error.code] : undefined;
      if (refusal) return this.page(who, week, 409, { refusal });
      throw error;
    }
    throw new SeeOther(`/admin/audit/review?week=${week}&done=${done}`);
  }

  private async page(
    who: Principal,
    week: string,
    status: number,
    said: { done?: unknown; refusal?: string; faulty?: FaultyForm },
  ): Promise<Page> {
    const { done, refusal = null, faulty = null } = said;
    const model = reviewView(who, await this.review.show(who, week), { done, refusal, faulty });
    return page('audit/review', model, { layout: 'staff', title: 'audit:review.title', current: 'admin', status });
  }
}
