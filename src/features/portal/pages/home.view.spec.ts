import { beforeAll, describe, expect, it } from '@jest/globals';
import { createAssets } from '../../../platform/assets/assets.module.js';
import { createI18n } from '../../../platform/i18n/i18n.module.js';
import { IconSet } from '../../../platform/views/icon-set.js';
import { bareContext } from '../../../platform/views/page-context.js';
import { createViews } from '../../../platform/views/views.module.js';
import type { Views } from '../../../platform/views/views.js';
import type { PortalSession } from '../portal.model.js';
import { countdown, homeModel } from './home.view.js';

const now = new Date('2026-11-17T21:18:00Z');
const inMinutes = (count: number): Date => new Date(now.getTime() + count * 60_000);
const session = (minutes: number, change: Partial<PortalSession> = {}): PortalSession => ({
  id: 's',
  startsAt: inMinutes(minutes),
  endsAt: inMinutes(minutes + 50),
  timeZone: 'America/Los_Angeles',
  modality: 'video',
  clinician: 'Ines Calloway',
  ...change,
});
const practice = { name: 'Linden Row', phone: '(503) 555-0100', email: null, crisisText: null, crisisPhone: null };
const model = (change: Partial<Parameters<typeof homeModel>[0]> = {}) =>
  homeModel({
    name: 'Oren Sand',
    guardian: false,
    zone: 'America/Boise',
    sessions: [session(42), session(3000, { modality: 'office' })],
    join: '/j/T0KEN',
    opensAt: inMinutes(12),
    practice,
    sameClock: (_at, one, other) => one === other,
    now,
    ...change,
  });

let views: Views;
beforeAll(async () => {
  views = await createViews(createI18n(), await createAssets(), IconSet.load(`${import.meta.dirname}/../../..`));
});
const render = (home: object): string =>
  views.part('portal/home', home, {
    ...bareContext({ nonce: 'n', path: '/portal', requestId: 'r', locale: 'en', now }),
    contributions: { 'portal.home': [] },
  });

describe('the portal home', () => {
  it('shows the next session in the own zone of the client with the way in, and the zone of the clinician when it differs', () => {
    const html = render(model());
    expect(html).toContain('Your next session is in 42 minutes');
    expect(html).toMatch(/href="\/j\/T0KEN"/);
    expect(html).toContain('3:00');
    expect(html).toContain('2:00');
    expect(html).toContain('The waiting room opens at');
    expect(html).toContain('Hello, Oren');
    expect(render(model({ zone: 'America/Los_Angeles' }))).not.toContain('for Ines');
  });

  it('has a plain sentence for a guardian and for an empty calendar', () => {
    expect(render(model({ guardian: true, sessions: [], join: null, opensAt: null }))).toContain(
      'Nothing is shared with you yet',
    );
    const empty = render(model({ sessions: [], join: null, opensAt: null }));
    expect(empty).toContain('No session is booked');
    expect(empty).not.toContain('/j/');
  });

  it('shows the crisis line of the practice and invents none', () => {
    expect(render(model())).not.toContain('If you need help now');
    const html = render(
      model({ practice: { ...practice, crisisText: 'County line, day and night:', crisisPhone: '(503) 555-0199' } }),
    );
    expect(html).toContain('County line, day and night:');
    expect(html).toContain('tel:5035550199');
  });

  it.each([
    [-10, 'portal:next.now', 0],
    [0, 'portal:next.now', 0],
    [1, 'portal:next.minutes', 1],
    [89, 'portal:next.minutes', 89],
    [90, 'portal:next.hours', 2],
    [60 * 35, 'portal:next.hours', 35],
    [60 * 48, 'portal:next.days', 2],
  ])('counts down: %d minutes', (minutes, text, count) => {
    expect(countdown(inMinutes(minutes), now)).toEqual({ text, count });
  });
});
