import { page, type Page } from '../../../platform/views/page.js';
import type { IssuedLink } from './one-time-links.service.js';

export interface LinkShownView {
  /** Null when the link was sent. */
  readonly url: string | null;
  /** Name of whom it is for. */
  readonly name: string;
  /** i18n keys. */
  readonly title: string;
  readonly how: string;
  readonly until: string;
  readonly zone: string;
  readonly back: string;
}

/** A link that was just made, for the one time that anybody here sees it. */
export const linkShownView = (
  link: IssuedLink,
  about: { readonly name: string; readonly zone: string; readonly back: string },
): LinkShownView => ({
  url: link.url,
  name: about.name,
  title: `access:link.title.${link.purpose}`,
  how: `access:link.how.${link.purpose}`,
  until: link.expiresAt.toISOString(),
  zone: about.zone,
  back: about.back,
});

/** @param current nav entry to mark */
export const linkShownPage = (view: LinkShownView, current: string): Page =>
  page('access/links/shown', view, {
    layout: 'staff',
    title: view.title,
    current,
    scripts: view.url === null ? [] : ['scheduling/copy.js'],
  });
