import path from 'node:path';
import {
  Catch,
  HttpException,
  type ArgumentsHost,
  type CallHandler,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { map, type Observable } from 'rxjs';
import type { Assets } from '../../../../src/platform/assets/assets.js';
import type { Clock } from '../../../../src/platform/clock.js';
import { DomainError, errorDefinition } from '../../../../src/platform/errors/domain-error.js';
import { SeeOther } from '../../../../src/platform/http/session-redirect.js';
import type { I18n } from '../../../../src/platform/i18n/i18n.js';
import { compiledSources, compilingEnvironment } from '../../../../src/platform/views/compiled-sources.js';
import type { Frame } from '../../../../src/platform/views/frame.js';
import { IconSet } from '../../../../src/platform/views/icon-set.js';
import type { PageContext } from '../../../../src/platform/views/page-context.js';
import { Page } from '../../../../src/platform/views/page.js';
import { coreTemplateFiles } from '../../../../src/platform/views/template-files.js';
import { TemplateSet } from '../../../../src/platform/views/template-set.js';
import { Views } from '../../../../src/platform/views/views.js';

@Catch()
export class PlainErrors implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    answer(error, host.switchToHttp().getResponse<Response>());
  }
}

/** Errors as their status and code. */
export function answer(error: unknown, response: Response): void {
  if (error instanceof SeeOther) response.redirect(303, error.location);
  else if (error instanceof DomainError)
    response.status(errorDefinition(error.code)?.status ?? 500).json({ code: error.code });
  else if (error instanceof HttpException)
    response.status(error.getStatus()).json({ code: error.getStatus() === 404 ? 'not-found' : 'http' });
  else response.status(500).json({ code: 'unexpected', message: String(error) });
}

/** Renders every page for real, and answers its model beside the HTML. */
export class PlainPages implements NestInterceptor {
  constructor(
    private readonly token: (request: Request, response: Response) => string,
    private readonly views: Views,
    private readonly frame: Frame,
    private readonly clock: Clock,
  ) {}
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const response = http.getResponse<Response>();
    return next.handle().pipe(
      map((result: unknown) => {
        if (!(result instanceof Page)) return result;
        response.status(result.options.status ?? 200);
        const request = http.getRequest<Request>();
        const csrf = this.token(request, response);
        const nav = request.principal ? this.frame.navFor(request.principal, 'staff') : [];
        const html = this.views.render(result, contextOf(request, csrf, nav, this.clock.now()));
        return { template: result.template, layout: result.options.layout, model: result.model, csrf, html };
      }),
    );
  }
}

const SRC = path.join(import.meta.dirname, '../../../../src');
/** The features whose pages this application answers, and what they share. */
const SHOWN = /\/(platform\/views|features\/(access|admin|people))\//;

/** The views with only these templates: other features' unfinished pages are none of our business. */
export async function viewsOf(i18n: I18n, assets: Assets): Promise<Views> {
  const tools = { i18n, icons: IconSet.load(SRC), asset: (name: string) => assets.url(name) };
  const files = coreTemplateFiles(SRC).filter(({ file }) => SHOWN.test(file));
  return new Views(new TemplateSet(compilingEnvironment(), compiledSources(files), tools), i18n, assets);
}

function contextOf(request: Request, csrfToken: string, nav: PageContext['nav'], now: Date): PageContext {
  return {
    nonce: 'nonce',
    csrfToken,
    path: request.path,
    requestId: request.requestId,
    locale: 'en',
    timeZone: request.principal?.timeZone ?? 'UTC',
    principal: request.principal,
    nav,
    topbar: [],
    banners: [],
    contributions: {},
    now,
    baseUrl: 'http://care.test',
    practiceName: 'Linden Row Counseling',
    theme: 'system',
  };
}
