import { describe, expect, it } from '@jest/globals';

interface Look {
  at: number;
  received: number;
  lost: number;
  freezeSeconds: number;
  rtt: number;
  lossOut: number;
}
interface QualityModule {
  sample(reports: Iterable<object>, at: number): Look;
  grade(before: Look, now: Look): string;
  QualityMeter: new () => { quality: string | null; isWeak: boolean; add(look: Look): boolean; forgive(): void };
}
// The browser modules are plain JavaScript without types of their own.
const module = new URL('../assets/quality.js', import.meta.url).href;
const { sample, grade, QualityMeter } = (await import(module)) as QualityModule;

const look = (at: number, received: number, over: Partial<Look> = {}): Look => ({
  at,
  received,
  lost: 0,
  freezeSeconds: 0,
  rtt: 0.05,
  lossOut: 0,
  ...over,
});
const start = look(0, 1_000);

describe('grade', () => {
  it.each<[string, Partial<Look>, string]>([
    ['a clean line', {}, 'good'],
    ['4 % lost', { lost: 8 }, 'fair'],
    ['20 % lost', { lost: 50 }, 'poor'],
    ['4 % lost on the way out', { lossOut: 0.04 }, 'fair'],
    ['a slow line', { rtt: 0.5 }, 'fair'],
    ['a very slow line', { rtt: 1.2 }, 'poor'],
    ['a frozen picture', { freezeSeconds: 1.5 }, 'poor'],
  ])('calls %s by its name', (_, over, expected) => {
    expect(grade(start, look(2_000, 1_200, over))).toBe(expected);
  });

  it('calls a line on which nothing arrives poor', () => {
    expect(grade(start, look(2_000, 1_000))).toBe('poor');
  });
});

describe('sample', () => {
  it('adds up what arrives and takes the worst delay', () => {
    const reports = [
      { type: 'inbound-rtp', packetsReceived: 10, packetsLost: 1, totalFreezesDuration: 0.5 },
      { type: 'inbound-rtp', packetsReceived: 5, packetsLost: -2 },
      { type: 'remote-inbound-rtp', fractionLost: 0.2, roundTripTime: 0.3 },
      { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.4 },
      { type: 'codec' },
    ];
    expect(sample(reports, 7)).toEqual({ at: 7, received: 15, lost: 1, freezeSeconds: 0.5, rtt: 0.4, lossOut: 0.2 });
  });
});

describe('QualityMeter', () => {
  it('does not flicker on one bad look, and gives pictures up only after a long weak spell', () => {
    const meter = new QualityMeter();
    meter.add(look(0, 0));
    meter.add(look(2_000, 100));
    meter.add(look(4_000, 200, { lost: 100 }));
    expect(meter.quality).toBe('good');
    for (let n = 1; n < 6; n++) meter.add(look(4_000 + n * 2_000, 200 + n * 100, { lost: 100 + n * 100 }));
    expect([meter.quality, meter.isWeak]).toEqual(['poor', true]);
    meter.forgive();
    expect(meter.isWeak).toBe(false);
  });

  it('does not call a rebuilt connection bad because its counters began anew', () => {
    const meter = new QualityMeter();
    meter.add(look(0, 5_000));
    expect(meter.add(look(2_000, 10))).toBe(false);
    expect(meter.quality).toBeNull();
  });
});
