import { page, type Page, type PageOptions } from './page.js';

/** Statuses with words of their own (`errors:page.<status>`); any other is told as 500. */
const STATUSES = [400, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503] as const;
type ErrorStatus = (typeof STATUSES)[number];

export interface Problem {
  /** HTTP status of the answer. */
  readonly status: number;
  readonly requestId: string;
  /** Path to try again; only for a GET, since trying a POST again needs its form. */
  readonly retryPath?: string;
  /** One plain sentence of a coded error, in the reader's language; never PHI. */
  readonly detail?: string;
  /** Where "home" is for this reader; nobody signed in goes to sign in. */
  readonly home?: { readonly href: string; readonly label: string };
  /** `staff` or `portal` when the frame's data is at hand; `door` needs nothing and is right while the database is away. */
  readonly layout: Extract<PageOptions['layout'], 'staff' | 'portal' | 'door'>;
}

export interface ErrorModel {
  readonly status: ErrorStatus;
  /** i18n keys. */
  readonly title: string;
  readonly text: string;
  readonly detail: string | null;
  readonly mood: 'quiet' | 'dark';
  readonly retry: string | null;
  readonly home: { readonly href: string; readonly label: string } | null;
  readonly requestId: string;
}

const known = (status: number): ErrorStatus => STATUSES.find((candidate) => candidate === status) ?? 500;

/** Pure: what an error page says. */
export function errorModel(problem: Problem): ErrorModel {
  const status = known(problem.status);
  const serverSide = status >= 500;
  const retriable = serverSide || status === 429;
  return {
    status,
    title: `errors:page.${status}.title`,
    text: `errors:page.${status}.text`,
    detail: problem.detail ?? null,
    mood: serverSide ? 'dark' : 'quiet',
    retry: retriable ? (problem.retryPath ?? null) : null,
    home: status === 503 ? null : (problem.home ?? { href: '/', label: 'errors:home' }),
    requestId: problem.requestId,
  };
}

/**
 * The page for a failed request. Unknown and forbidden objects both come here as 404 and look alike. With layout `door` and
 * `bareContext` it renders without a session, a practice or a database.
 */
export function errorPage(problem: Problem): Page {
  const model = errorModel(problem);
  return page('platform/error', model, {
    layout: problem.layout,
    title: model.title,
    status: problem.status,
  });
}
