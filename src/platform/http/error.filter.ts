import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { isDatabaseGone } from '../database/database-gone.js';
import { DomainError, errorDefinition } from '../errors/domain-error.js';
import { I18n } from '../i18n/i18n.js';
import { LOG, type Log } from '../logging/log.js';
import { bareContext } from '../views/page-context.js';
import { errorPage, type Problem } from '../views/error-page.js';
import { Views } from '../views/views.js';
import { PageRenderer } from './page-renderer.js';
import { isForPrograms, sendProblem } from './problem.js';
import { SeeOther } from './session-redirect.js';
import { Site } from './site.js';

interface Verdict {
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, string | number>>;
}

/** The one place where errors become answers: a page for people, `{ code }` for scripts, and never a stack, a value or a query. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    private readonly renderer: PageRenderer,
    private readonly views: Views,
    private readonly i18n: I18n,
    private readonly site: Site,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    if (response.headersSent) {
      this.log.warn({ err: error, requestId: request.requestId }, 'failed after the answer had begun');
      response.destroy();
      return;
    }
    if (error instanceof SeeOther) {
      response.redirect(303, error.location);
      return;
    }
    const verdict = verdictOf(error);
    if (verdict.status >= 500)
      this.log.error({ err: error, requestId: request.requestId, code: verdict.code }, 'a request failed');
    const wait = verdict.status === 503 ? 5 : verdict.details.retryAfter;
    if (typeof wait === 'number') response.set('Retry-After', String(wait));
    response.status(verdict.status);
    if (isForPrograms(request) || verdict.code === 'key-required') sendProblem(verdict.code, request, response);
    else if (request.accepts(['html', 'json']) === 'html')
      response.type('html').send(await this.page(verdict, request, response));
    else response.json({ code: verdict.code, requestId: request.requestId });
  }

  private async page(verdict: Verdict, request: Request, response: Response): Promise<string> {
    const { principal } = request;
    const locale = this.renderer.localeOf(request);
    const key = `errors:code.${verdict.code}`;
    const problem: Problem = {
      status: verdict.status,
      requestId: request.requestId,
      retryPath: request.method === 'GET' ? request.originalUrl : undefined,
      detail: this.i18n.has(locale, key) ? this.i18n.t(locale, key, verdict.details) : undefined,
      home: principal ? { href: this.site.homeOf(principal.permissions), label: 'errors:home' } : undefined,
      layout: 'door',
    };
    const framed = principal && verdict.status < 500;
    const portal = principal?.role === 'client' || principal?.role === 'guardian';
    try {
      if (framed)
        return await this.renderer.render(
          errorPage({ ...problem, layout: portal ? 'portal' : 'staff' }),
          request,
          response,
        );
    } catch (failure) {
      // The frame needs the database; the bare page says the same without it.
      this.log.warn({ err: failure, requestId: request.requestId }, 'an error page was shown without its frame');
    }
    const context = bareContext({
      nonce: request.nonce,
      path: request.path,
      requestId: request.requestId,
      locale,
      now: new Date(),
    });
    return this.views.render(errorPage(problem), context);
  }
}

/** Status and code of anything that can be thrown on the way to an answer. */
export function verdictOf(error: unknown): Verdict {
  if (error instanceof DomainError)
    return { status: errorDefinition(error.code)?.status ?? 500, code: error.code, details: error.details };
  if (isDatabaseGone(error)) return { status: 503, code: 'unavailable', details: {} };
  const status = error instanceof HttpException ? error.getStatus() : bodyParserStatus(error);
  return { status, code: CODES[status] ?? (status < 500 ? 'refused' : 'unexpected'), details: {} };
}

const CODES: Readonly<Record<number, string>> = {
  400: 'malformed',
  404: 'not-found',
  405: 'not-allowed',
  413: 'too-large',
  415: 'unsupported',
};

/** Errors of Express' body parsers and of the router carry a 4xx status; nothing else may choose its own. */
function bodyParserStatus(error: unknown): number {
  if (error instanceof URIError) return 400;
  const status =
    typeof error === 'object' && error !== null && 'status' in error && 'type' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
