import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { DomainError } from '../../../../platform/errors/domain-error.js';
import { page, type Page } from '../../../../platform/views/page.js';
import { SignOnDoors } from '../../single-sign-on/sign-on-doors.js';

/** Page of one's own account at the provider. */
export const OWN_SIGN_ON = '/account/single-sign-on';

/** The pages between this site and the identity provider. */
@Injectable()
export class SignOnPages {
  constructor(private readonly doors: SignOnDoors) {}

  /**
   * Takes the browser to the provider. Not a redirect of the form: browsers hold every address that a form's redirect passes against
   * `form-action`, and a provider may pass people on to others. So no page of ours needs to allow forms to leave.
   */
  leaving(response: Response, address: URL): Page {
    response.setHeader('Refresh', `0; url=${address.href}`);
    return page(
      'access/sign-on/leaving',
      { href: address.href, provider: this.doors.name ?? '' },
      { layout: 'entry', title: 'access:sign-on.leaving-title' },
    );
  }

  confirm(): Page {
    return page(
      'access/sign-on/confirm',
      { href: `/sign-in?next=${encodeURIComponent(OWN_SIGN_ON)}`, provider: this.doors.name ?? '' },
      { layout: 'entry', title: 'access:sign-on.first-title' },
    );
  }

  /** One page for every refusal: who is not known, who was suspended, and an answer that does not count. */
  refused(): Page {
    return page('access/sign-on/refused', {}, { layout: 'entry', title: 'access:sign-on.refused-title', status: 403 });
  }

  /** The page, or the calm one that says that the provider is not there. */
  async whileReachable(act: () => Promise<Page>): Promise<Page> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'sign-on.unreachable') throw error;
      return page(
        'access/sign-on/unreachable',
        { provider: this.doors.name ?? '' },
        { layout: 'entry', title: 'access:sign-on.unreachable-title', status: 503 },
      );
    }
  }
}
