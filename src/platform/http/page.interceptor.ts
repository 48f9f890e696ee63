import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { mergeMap, type Observable } from 'rxjs';
import { Page } from '../views/page.js';
import { PageRenderer } from './page-renderer.js';

/** Turns a `Page` that a handler returned into HTML; anything else passes as it is. */
@Injectable()
export class PageInterceptor implements NestInterceptor {
  constructor(private readonly renderer: PageRenderer) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    return next.handle().pipe(
      mergeMap(async (result: unknown) => {
        if (!(result instanceof Page)) return result;
        const html = await this.renderer.render(result, request, response);
        response.status(result.options.status ?? 200).type('html');
        return html;
      }),
    );
  }
}
