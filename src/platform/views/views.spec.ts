import { beforeAll, describe, expect, it } from '@jest/globals';
import { createAssets } from '../assets/assets.module.js';
import { createI18n } from '../i18n/i18n.module.js';
import type { NavItem } from './frame.js';
import { errorPage } from './error-page.js';
import { IconSet } from './icon-set.js';
import { bareContext, type PageContext } from './page-context.js';
import { page, type PageOptions } from './page.js';
import { createViews } from './views.module.js';
import type { Views } from './views.js';

const bare = bareContext({
  nonce: 'n0nce',
  path: '/today',
  requestId: 'req-1',
  locale: 'en',
  now: new Date('2026-11-17T17:52:00Z'),
});

const nav: NavItem[] = ['sun', 'calendar', 'users', 'receipt', 'chart-bar', 'adjustments-horizontal'].map(
  (icon, index) => ({
    id: `item-${index}`,
    label: 'common:form.close',
    href: `/item-${index}`,
    icon,
    order: index * 10,
    anyOf: ['day:read'],
    layout: 'staff',
  }),
);

const signedIn: PageContext = {
  ...bare,
  csrfToken: 'token',
  timeZone: 'America/Los_Angeles',
  practiceName: 'Linden Row',
  nav,
  principal: {
    kind: 'user',
    id: 'account',
    role: 'clinician',
    permissions: new Set(['day:read', 'clients:read']),
    displayName: 'Ines Calloway',
  },
};

const anyPage = (layout: PageOptions['layout'], options: Partial<PageOptions> = {}) =>
  page('platform/error', errorPage({ status: 404, requestId: 'req-1', layout: 'door' }).model, { layout, ...options });

describe('Views', () => {
  let views: Views;
  beforeAll(async () => {
    views = await createViews(createI18n(), await createAssets(), IconSet.load(`${import.meta.dirname}/../..`));
  });

  it.each(['staff', 'portal', 'door', 'entry', 'stage'] as const)(
    'renders the layout %s as a whole document',
    (layout) => {
      const html = views.render(anyPage(layout, { title: 'common:shortcuts.title' }), signedIn);
      expect(html).toMatch(/^<!DOCTYPE html>\s*<html lang="en"/);
      expect(html).toContain('There is nothing here for you');
      expect(html).toMatch(/<title>Keyboard shortcuts · (Alcove|Linden Row)<\/title>/);
      expect(html.match(/id="main"/g)?.length ?? 0).toBe(layout === 'stage' ? 0 : 1);
      for (const script of html.match(/<script[^>]*>/g) ?? []) expect(script).toContain('nonce="n0nce"');
      expect(html).not.toMatch(/ style=|<style| on[a-z]+=|<script(?![^>]*src=)/);
    },
  );

  it('gives a fragment without any frame', () => {
    expect(views.render(anyPage('fragment'), signedIn)).toMatch(/^<div class="lost lost-page">/);
  });

  it('marks where the reader is and folds what does not fit a phone behind More', () => {
    const html = views.render(anyPage('staff', { current: 'item-5' }), signedIn);
    expect(html).toMatch(/<a href="\/item-5" aria-current="page">/);
    expect(html).toMatch(/popovertarget="more" aria-current="true"/);
    const few = views.render(anyPage('staff'), { ...signedIn, nav: nav.slice(0, 5) });
    expect(few).not.toContain('popovertarget="more"');
  });

  it('shows the search only to those who may read clients', () => {
    expect(views.render(anyPage('staff'), signedIn)).toContain('role="search"');
    const principal = { ...signedIn.principal!, permissions: new Set(['practice:read']) };
    expect(views.render(anyPage('staff'), { ...signedIn, principal })).not.toContain('role="search"');
  });

  it('names the stream of the page: staff by themselves, doors their own, nobody else any', () => {
    expect(views.render(anyPage('staff'), signedIn)).toContain('data-live="/live"');
    expect(views.render(anyPage('door', { live: '/s/x/live' }), bare)).toContain('data-live="/s/x/live"');
    expect(views.render(anyPage('door'), bare)).not.toContain('data-live');
  });

  it('puts the parts of the top bar into the waiting slot', () => {
    const topbar = [{ template: 'chip', model: { text: '1 <waiting>', tone: '' } }];
    const html = views.render(anyPage('staff'), { ...signedIn, topbar });
    expect(html).toContain('<div class="waiting-slot"><span class="chip ">1 &lt;waiting&gt;</span>');
  });

  it.each([400, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503, 418])(
    'has an error page for %d that needs nothing',
    (status) => {
      const html = views.render(errorPage({ status, requestId: 'req-1', layout: 'door', retryPath: '/today' }), bare);
      expect(html).toContain('req-1');
      expect(html).toContain('<title>');
      expect(html).not.toMatch(/errors:|common:|undefined|\[object/);
      expect(html.includes('href="/today"')).toBe(status === 429 || status >= 500 || status === 418);
    },
  );

  it('says which template is faulty', () => {
    expect(() => views.render(page('platform/none', {}, { layout: 'door' }), bare)).toThrow(
      /platform\/none: there is no such/,
    );
    expect(() => views.render(page('platform/error', {}, { layout: 'door' }), bare)).toThrow(
      /template platform\/error: "status"/,
    );
  });
});
