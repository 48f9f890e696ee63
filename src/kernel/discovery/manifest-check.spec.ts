import { expect, it } from '@jest/globals';
import { checkManifest } from './manifest-check.js';

const linesOf = (value: unknown, folder = 'video-acme') => {
  const check = checkManifest(value, folder);
  return check.ok ? [] : [...check.lines].sort();
};

it('takes a full manifest', () => {
  expect(
    linesOf({
      id: 'video-acme',
      title: 'Acme Video',
      provides: ['video@1'],
      needs: ['encounters:presence'],
      permissions: [{ key: 'video-acme:record', label: 'perm.record' }],
      stores: ['session-metadata'],
      egress: [
        {
          host: '*.acme.example',
          purpose: 'media-signalling',
          data: ['participant-display-name'],
          phi: true,
          basis: 'baa',
        },
      ],
      sockets: ['/signal'],
      ui: { panels: ['usage'], slots: ['encounter.toolbar'] },
      critical: false,
    }),
  ).toEqual([]);
});

const CASES: [unknown, string[], string?][] = [
  [undefined, ['alcove: package.json has no "alcove" object']],
  [{}, ['alcove.id: is missing', 'alcove.title: is missing']],
  [
    { id: 'Video', title: 'x' },
    ['alcove.id: use lower case letters, digits and single hyphens, for example "video-acme"'],
  ],
  [{ id: 'video-acme', title: 'x' }, ['alcove.id: is "video-acme" but the folder is called "elsewhere"'], 'elsewhere'],
  [{ id: 'access', title: 'x' }, ['alcove.id: "access" is a part of the server: take another one'], 'access'],
  [{ id: 'video-acme', title: 'x', colour: 1 }, ['alcove: unknown key "colour"']],
  [{ id: 'video-acme', title: 5 }, ['alcove.title: must be a string']],
  [{ id: 'video-acme', title: 'x', ui: { slot: [] } }, ['alcove.ui: unknown key "slot"']],
  [
    { id: 'video-acme', title: 'x', permissions: [{ key: 'other:record', label: 'l' }] },
    ['alcove.permissions[0].key: must begin with "video-acme:"'],
  ],
  [
    { id: 'video-acme', title: 'x', egress: [{ host: 'https://a.example', purpose: 'p', data: [], phi: false }] },
    ['alcove.egress[0].host: write a host name without scheme or port, for example "*.acme.example"'],
  ],
  [
    { id: 'video-acme', title: 'x', egress: [{ host: 'a.example', purpose: 'p', data: [], phi: true }] },
    ['alcove.egress[0].basis: is needed because phi is true, for example "baa"'],
  ],
];

it.each(CASES.map(([value, lines, folder = 'video-acme']) => ({ value, lines, folder })))(
  'says what is wrong: $lines',
  ({ value, lines, folder }) => expect(linesOf(value, folder)).toEqual(lines),
);
