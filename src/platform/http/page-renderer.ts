import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Clock } from '../clock.js';
import { HttpConfig } from '../config/http.config.js';
import { I18n } from '../i18n/i18n.js';
import { Contributions, type Contribution } from '../ports/contributions.js';
import { Frame } from '../views/frame.js';
import type { PageContext } from '../views/page-context.js';
import type { Page } from '../views/page.js';
import { Views } from '../views/views.js';
import './request.js';
import { Site } from './site.js';

/** Gives pages their CSRF token; set by the pipeline when it mounts the CSRF wall. */
export type CsrfToken = (request: Request, response: Response) => string;

/** Asks for everything around a page (frame, contributions), then renders it in one go. */
@Injectable()
export class PageRenderer {
  private csrf: CsrfToken = () => '';

  constructor(
    private readonly views: Views,
    private readonly frame: Frame,
    private readonly i18n: I18n,
    private readonly contributions: Contributions,
    private readonly clock: Clock,
    private readonly site: Site,
    private readonly http: HttpConfig,
  ) {}

  useCsrf(token: CsrfToken): void {
    this.csrf = token;
  }

  async render(page: Page, request: Request, response: Response): Promise<string> {
    return this.views.render(page, await this.context(page, request, response));
  }

  localeOf(request: Request): string {
    return this.i18n.negotiate(request.principal?.locale, request.get('accept-language'));
  }

  private async context(page: Page, request: Request, response: Response): Promise<PageContext> {
    const { principal } = request;
    const { layout, slots = [], slotContext = {} } = page.options;
    const framed = principal !== undefined && (layout === 'staff' || layout === 'portal' || layout === 'stage');
    const [topbar, practiceName, siteZone, contributed] = await Promise.all([
      framed ? this.frame.topbarFor(principal) : [],
      this.site.name(),
      this.site.timeZone(),
      principal ? Promise.all(slots.map((place) => this.contributions.collect(place, principal, slotContext))) : [],
    ]);
    return {
      nonce: request.nonce,
      csrfToken: this.csrf(request, response),
      path: request.path,
      requestId: request.requestId,
      locale: this.localeOf(request),
      timeZone: principal?.timeZone ?? siteZone,
      principal,
      nav: framed ? this.frame.navFor(principal, layout === 'portal' ? 'portal' : 'staff') : [],
      topbar,
      banners: principal && layout === 'staff' ? this.frame.bannersFor(principal, page.options.current) : [],
      contributions: Object.fromEntries(
        slots.map((place, at): [string, Contribution[]] => [place, contributed[at] ?? []]),
      ),
      now: this.clock.now(),
      baseUrl: this.http.origin,
      practiceName,
      theme: 'system',
    };
  }
}
