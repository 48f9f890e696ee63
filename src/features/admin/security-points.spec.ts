import { describe, expect, it } from '@jest/globals';
import type { Principal } from '../../platform/access/principal.js';
import { SecurityPoints } from './security-points.js';

const who: Principal = { kind: 'user', id: 'a', permissions: new Set(['security:read']) };

describe('SecurityPoints', () => {
  it('lists what every feature says, in their order, and nothing that there is none of', async () => {
    const points = new SecurityPoints();
    points.add(() => Promise.resolve([{ text: 'a', count: 2, href: '/a' }]));
    points.add(() => Promise.resolve([]));
    points.add(() =>
      Promise.resolve([
        { text: 'b', count: 0, href: '/b' },
        { text: 'c', count: 1, href: '/c' },
      ]),
    );
    expect((await points.of(who)).map(({ text }) => text)).toEqual(['a', 'c']);
  });
});
