import type { FormErrors, FormValues } from '../../../../platform/http/form.js';
import { page, type Page } from '../../../../platform/views/page.js';
import { timeZoneNames } from '../../../practice/public.js';
import type { InvitationFacts } from '../../invitations/first-sign-in.service.js';

const statusOf = (errors: FormErrors): number => (Object.keys(errors).length > 0 ? 422 : 200);

const ruleFor = (secondFactor: boolean): string =>
  secondFactor ? 'access:password.rule-with-code' : 'access:password.rule';

export interface InviteView {
  readonly token: string;
  readonly inviter: string | null;
  /** i18n key. */
  readonly role: string;
  readonly emailHint: string;
  /** i18n key of the password rule. */
  readonly rule: string;
  readonly secondFactorFollows: boolean;
  readonly zones: readonly { readonly value: string; readonly label: string }[];
  readonly values: FormValues;
  readonly errors: FormErrors;
}

export const inviteView = (
  token: string,
  facts: InvitationFacts,
  values: FormValues,
  errors: FormErrors,
): InviteView => ({
  token,
  inviter: facts.inviter,
  role: `access:role.${facts.role}`,
  emailHint: facts.emailHint,
  rule: facts.secondFactorFollows ? 'access:invite.rule-with-step' : 'access:password.rule',
  secondFactorFollows: facts.secondFactorFollows,
  zones: timeZoneNames().map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') })),
  values: { ...values, timeZone: values.timeZone || facts.timeZone },
  errors,
});

export const invitePage = (view: InviteView): Page =>
  page('access/links/invite', view, {
    layout: 'entry',
    title: 'access:invite.title',
    status: statusOf(view.errors),
  });

export const resetPage = (token: string, secondFactor: boolean, errors: FormErrors): Page =>
  page(
    'access/links/reset',
    { token, rule: ruleFor(secondFactor), errors },
    { layout: 'entry', title: 'access:reset.title', status: statusOf(errors) },
  );

export const confirmEmailPage = (token: string): Page =>
  page('access/links/email', { token }, { layout: 'entry', title: 'access:own-email.confirm-title' });

export const recoverPage = (token: string, standsAlone: boolean, errors: FormErrors): Page =>
  page(
    'access/links/recover',
    { token, standsAlone, errors },
    { layout: 'entry', title: 'access:recover.title', status: statusOf(errors) },
  );

/** The one answer for every link that opens nothing. */
export const linkClosedPage = (): Page =>
  page('access/links/closed', {}, { layout: 'entry', title: 'access:link.closed-title', status: 404 });
