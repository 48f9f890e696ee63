import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { PageRenderer } from '../../../platform/http/page-renderer.js';
import { ProveAgain } from '../../../platform/http/prove-again.js';
import { againPath, sameSitePath } from '../../../platform/http/session-redirect.js';
import { ACCESS_ERRORS } from '../access.errors.js';
import { AgainPages } from './again.pages.js';
import { carriedForm, packForm } from './carried-form.js';

/**
 * A form arrived whose sender must first show who they are: answers with the question and carries the form along, so that nothing typed
 * is lost. Scripts learn only that it is needed. For the core's routes and for plugins' alike.
 */
@Catch(ProveAgain)
export class ProveAgainFilter implements ExceptionFilter<ProveAgain> {
  constructor(
    private readonly pages: AgainPages,
    private readonly renderer: PageRenderer,
  ) {}

  async catch(error: ProveAgain, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const { principal } = request;
    response.status(error.getStatus());
    if (principal === undefined || request.accepts(['html', 'json']) !== 'html' || isByScript(request)) {
      response.set('HX-Redirect', againPath(pageOf(request)));
      response.json({ code: ACCESS_ERRORS['access.prove-again'], requestId: request.requestId });
      return;
    }
    const form = carriedForm(request);
    const about = { next: undefined, carry: form ? packForm(form) : '', lost: form === undefined };
    const asked = await this.pages.ask(principal, about, error.getStatus());
    response.type('html').send(await this.renderer.render(asked, request, response));
  }
}

const isByScript = (request: Request): boolean => request.get('hx-request') === 'true';

/** The page whose script sent this, when it says so and the page is ours. */
function pageOf(request: Request): string | undefined {
  const current = request.get('hx-current-url');
  if (current === undefined || !URL.canParse(current)) return undefined;
  const { pathname, search } = new URL(current);
  return sameSitePath(pathname + search);
}
