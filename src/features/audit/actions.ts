/**
 * What an act is, for the filter of the audit and for the rules of the weekly review:
 * `opened` somebody looked at clients' data, `changed` a record changed, `entered` signing in and out and everything about one's own
 * factors, `left` data left the practice, `governed` accounts, roles, keys and settings, `emergency` access outside one's care.
 */
export const ACTION_GROUPS = ['opened', 'changed', 'entered', 'left', 'governed', 'emergency'] as const;
export type ActionGroup = (typeof ACTION_GROUPS)[number];

/** Every action the core records. Each has its sentence under `audit:did.<action>` and a row in docs/reference/audit.md. */
export const ACTIONS = {
  'access-history.read': 'opened',
  'account.accept': 'entered',
  'account.ask-password': 'entered',
  'account.clear-factors': 'governed',
  'account.close': 'governed',
  'account.create': 'governed',
  'account.email': 'entered',
  'account.email-back': 'entered',
  'account.email-wish': 'entered',
  'account.password': 'entered',
  'account.recover': 'entered',
  'account.recover-console': 'governed',
  'account.recovery-approve': 'governed',
  'account.recovery-drop': 'governed',
  'account.recovery-open': 'governed',
  'account.reset': 'entered',
  'account.restore': 'governed',
  'account.role': 'governed',
  'account.suspend': 'governed',
  'api.call': 'opened',
  'appointment.booked': 'changed',
  'appointment.cancelled': 'changed',
  'appointment.moved': 'changed',
  'appointment.read': 'opened',
  'arrival.admit': 'changed',
  'arrival.enter': 'changed',
  'arrival.leave': 'changed',
  'arrival.message': 'changed',
  'arrival.put-back': 'changed',
  'arrival.remove': 'changed',
  'arrival.replace': 'changed',
  'attendance.join': 'changed',
  'attendance.leave': 'changed',
  'audit.read': 'opened',
  'authenticator.begin': 'entered',
  'authenticator.confirm': 'entered',
  'authenticator.remove': 'entered',
  'authenticator.use': 'entered',
  'booking-page.read': 'opened',
  'calendar.read': 'opened',
  'chart.history': 'opened',
  'chart.read': 'opened',
  'client.assign': 'changed',
  'client.create': 'changed',
  'client.details': 'opened',
  'client.update': 'changed',
  'clients.list': 'opened',
  'clinician.create': 'governed',
  'day.read': 'opened',
  'demo.appointments': 'changed',
  'demo.people': 'changed',
  'door-answers.read': 'opened',
  'egress.call': 'governed',
  'emergency.close': 'emergency',
  'emergency.list': 'opened',
  'emergency.open': 'emergency',
  'emergency.read': 'opened',
  'emergency.review': 'governed',
  'encounter.end': 'changed',
  'encounter.follow': 'changed',
  'encounter.open': 'changed',
  'key.create': 'governed',
  'key.refuse': 'entered',
  'key.revoke': 'governed',
  'key.warn': 'governed',
  'kit.confirm': 'governed',
  'kit.show': 'governed',
  'link.issue': 'governed',
  'location.create': 'governed',
  'location.update': 'governed',
  'names.display': 'entered',
  'notice.read': 'entered',
  'passkey.add': 'entered',
  'passkey.remove': 'entered',
  'passkey.rename': 'entered',
  'passkey.use': 'entered',
  'person.create': 'changed',
  'plugin.state': 'governed',
  'portal.accounts': 'opened',
  'portal.invite': 'changed',
  'portal.read': 'opened',
  'practice.create': 'governed',
  'practice.update': 'governed',
  'program.create': 'governed',
  'program.end': 'governed',
  'recovery-code.use': 'entered',
  'recovery-codes.renew': 'entered',
  'review.decide': 'governed',
  'review.prepare': 'governed',
  'review.read': 'opened',
  'review.sign': 'governed',
  'role.change': 'governed',
  'route.refuse': 'opened',
  'session-link.issue': 'changed',
  'session-link.revoke': 'changed',
  'session-link.revoke-all': 'changed',
  'session-link.show': 'opened',
  'session-page.read': 'opened',
  'session.end': 'entered',
  'session.password': 'entered',
  'session.prove': 'entered',
  'session.refuse': 'entered',
  'session.revoke': 'entered',
  'session.revoke-others': 'entered',
  'session.start': 'entered',
  'sign-on.group': 'governed',
  'sign-on.link': 'entered',
  'sign-on.rules': 'governed',
  'sign-on.unlink': 'entered',
  'sign-on.use': 'entered',
  'staff.create': 'governed',
  'ticket.issue': 'changed',
} as const satisfies Record<string, ActionGroup>;
export type KnownAction = keyof typeof ACTIONS;

export const isKnownAction = (action: string): action is KnownAction => Object.hasOwn(ACTIONS, action);

/** The group of an action, or undefined for one that only a plugin knows. */
export const groupOf = (action: string): ActionGroup | undefined => {
  if (isKnownAction(action)) return ACTIONS[action];
  // An export of a plugin is an export, whatever the plugin calls itself.
  return EXPORT.test(action) ? 'left' : undefined;
};

const EXPORT = /(?:^|[.-])export(?:[.-]|$)/;

/** Actions of a group, for a query. */
export const actionsIn = (group: ActionGroup): string[] =>
  Object.entries(ACTIONS).flatMap(([action, of]) => (of === group ? [action] : []));

/**
 * Acts by which somebody saw one client's records: what the client is shown as "who opened my chart". Acts that concern many clients at
 * once (a day, a list) carry no client and cannot be told apart here.
 */
export const SEEN_BY_OTHERS = [
  'appointment.read',
  'chart.history',
  'chart.read',
  'client.details',
  'door-answers.read',
  'emergency.open',
  'session-link.show',
] as const satisfies readonly KnownAction[];
