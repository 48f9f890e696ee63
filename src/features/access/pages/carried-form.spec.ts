import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import { carriedForm, packForm, unpackForm } from './carried-form.js';

const sent = (body: unknown, change: { url?: string; type?: string; method?: string } = {}): Request =>
  ({
    method: change.method ?? 'POST',
    originalUrl: change.url ?? '/admin/programs?x=1',
    body,
    get: () => change.type ?? 'application/x-www-form-urlencoded',
    is: (type: string) => (change.type ?? 'application/x-www-form-urlencoded') === type && type,
  }) as unknown as Request;
const wide = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`field${at}`, 'x']));

describe('a form that waits', () => {
  it('keeps what was typed, lists included, and comes back as it was', () => {
    const form = carriedForm(sent({ name: 'Nightly report', scopes: ['audit:read', 'health:read'], note: '"<b>\n' }));
    expect(form).toEqual({
      action: '/admin/programs?x=1',
      fields: [
        { name: 'name', value: 'Nightly report' },
        { name: 'scopes', value: 'audit:read' },
        { name: 'scopes', value: 'health:read' },
        { name: 'note', value: '"<b>\n' },
      ],
    });
    expect(form && unpackForm(packForm(form))).toEqual(form);
  });

  it('leaves out what is secret, and the old token', () => {
    const form = carriedForm(
      sent({
        _csrf: 't',
        password: 'p',
        newPassword: 'p',
        code: '1',
        codes: '1',
        clientSecret: 's',
        wanted: 'w',
        a: '1',
      }),
    );
    expect(form?.fields).toEqual([{ name: 'a', value: '1' }]);
    expect(unpackForm(JSON.stringify({ action: '/a', fields: [{ name: 'password', value: 'p' }] }))).toBeUndefined();
  });

  it.each([
    ['JSON', sent({ a: '1' }, { type: 'application/json' })],
    ['a file upload', sent({ a: '1' }, { type: 'multipart/form-data' })],
    ['nested values', sent({ a: { b: '1' } })],
    ['too many fields', sent(wide(101))],
    ['too much text', sent({ a: 'x'.repeat(70_000) })],
    ['another method', sent({}, { method: 'DELETE' })],
    ['an address that is none of ours', sent({}, { url: '//evil.example/' })],
  ])('is none with %s', (_, request) => expect(carriedForm(request)).toBeUndefined());

  it('may have exactly a hundred fields', () => expect(carriedForm(sent(wide(100)))?.fields).toHaveLength(100));

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"action":"//evil.example","fields":[]}',
    '{"action":"https://evil.example","fields":[]}',
    '{"action":"/a","fields":{}}',
    '{"action":"/a","fields":[{"name":1,"value":"x"}]}',
    '{"action":"/a","fields":["x"]}',
    `{"action":"/a","fields":[${'{"name":"a","value":"b"},'.repeat(100)}{"name":"a","value":"b"}]}`,
  ])('does not come back from %s', (packed) => expect(unpackForm(packed)).toBeUndefined());
});
