import { describe, expect, it } from '@jest/globals';
import { measuredMinutes, mergeSpans, spanAt, type Span } from './attendance.rules.js';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 10, 17, 15) + seconds * 1000);
const span = (from: number, until: number): Span => ({ from: at(from), until: at(until) });

describe('measured attendance', () => {
  it('forgives an absence of less than a minute and counts a whole minute as one', () => {
    expect(mergeSpans([span(0, 600), span(659, 1200)])).toEqual([span(0, 1200)]);
    expect(mergeSpans([span(0, 600), span(660, 1200)])).toEqual([span(0, 600), span(660, 1200)]);
  });

  it('counts two pages of one person once', () => {
    expect(measuredMinutes([span(0, 1800), span(300, 900), span(1500, 3000)])).toBe(50);
  });

  it('does not depend on the order of the reports', () => {
    const spans = [span(2000, 2400), span(0, 600), span(900, 1500)];
    expect(mergeSpans(spans)).toEqual(mergeSpans([...spans].reverse()));
    expect(spans[0]).toEqual(span(2000, 2400));
  });

  it('gives nothing for nobody', () => {
    expect(measuredMinutes([])).toBe(0);
  });

  it('ends a silent span at its last sign of life and an open one now', () => {
    expect(spanAt({ from: at(0), last: at(100), until: null }, at(144))).toEqual(span(0, 144));
    expect(spanAt({ from: at(0), last: at(100), until: null }, at(145))).toEqual(span(0, 100));
    expect(spanAt({ from: at(0), last: at(100), until: at(110) }, at(900))).toEqual(span(0, 110));
  });
});
