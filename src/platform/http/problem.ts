import type { Request, Response } from 'express';
import { errorDefinition } from '../errors/domain-error.js';
import './request.js';

/** True when a program asks: it gets its errors as `application/problem+json` (RFC 9457), whatever it says it accepts. */
export const isForPrograms = (request: Request): boolean =>
  request.path.startsWith('/api/') || request.path === '/api' || request.principal?.kind === 'service';

/** Answers a program. `code` is the contract; the sentence is for whoever reads its log. Status and headers of the error are set already. */
export function sendProblem(code: string, request: Request, response: Response): void {
  const status = response.statusCode;
  if (status === 401) response.set('WWW-Authenticate', 'Bearer realm="alcove"');
  const problem = {
    type: 'about:blank',
    title: errorDefinition(code)?.message ?? TITLES[status] ?? 'The request could not be answered.',
    status,
    code,
    requestId: request.requestId,
  };
  response.type('application/problem+json').send(JSON.stringify(problem));
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request is malformed.',
  404: 'There is nothing here, or it is not yours to see.',
  405: 'This address does not take that method.',
  413: 'The request is too large.',
  415: 'This kind of body is not taken here.',
};
