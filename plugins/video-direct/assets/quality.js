/** How good the line is, from two looks at `getStats()`. Pure: no browser needed. */

/**
 * What one look saw. Counts only grow; `rtt` is in seconds, `lossOut` is the share the other side missed of what we sent.
 *
 * @param {Iterable<Record<string, unknown>>} reports values of an RTCStatsReport
 * @param {number} at milliseconds
 */
export function sample(reports, at) {
  const seen = { at, received: 0, lost: 0, freezeSeconds: 0, rtt: 0, lossOut: 0 };
  for (const report of reports) {
    if (report.type === 'inbound-rtp') {
      seen.received += report.packetsReceived ?? 0;
      seen.lost += Math.max(0, report.packetsLost ?? 0);
      seen.freezeSeconds += report.totalFreezesDuration ?? 0;
    }
    if (report.type === 'remote-inbound-rtp') {
      seen.lossOut = Math.max(seen.lossOut, report.fractionLost ?? 0);
      seen.rtt = Math.max(seen.rtt, report.roundTripTime ?? 0);
    }
    if (report.type === 'candidate-pair' && report.nominated && report.state === 'succeeded') {
      seen.rtt = Math.max(seen.rtt, report.currentRoundTripTime ?? 0);
    }
  }
  return seen;
}

/** @returns {'good' | 'fair' | 'poor'} */
export function grade(before, now) {
  const received = now.received - before.received;
  const lost = Math.max(0, now.lost - before.lost);
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  // Sound flows even from a muted microphone, so silence on the line is a broken line.
  if (received <= 0) return 'poor';
  const loss = Math.max(lost / (lost + received), now.lossOut);
  const frozen = Math.max(0, now.freezeSeconds - before.freezeSeconds) / seconds;
  if (loss > 0.1 || now.rtt > 0.8 || frozen > 0.5) return 'poor';
  if (loss > 0.03 || now.rtt > 0.35 || frozen > 0.15) return 'fair';
  return 'good';
}

/** Looks that must agree before the light changes for the worse; one good look is not enough for the better either. */
const AGREE = 2;
/** Looks in a row that are poor before pictures are given up (two seconds apart). */
const GIVE_UP = 6;

/** Turns looks into a steady light. */
export class QualityMeter {
  #before = null;
  #candidate = null;
  #count = 0;
  #poor = 0;

  /** The light, or null before there is one. */
  quality = null;

  /** Takes one look. Returns true when the light changed. */
  add(look) {
    const before = this.#before;
    this.#before = look;
    // Counters begin anew when the connection was built anew.
    if (!before || look.received < before.received) return false;
    const found = grade(before, look);
    this.#poor = found === 'poor' ? this.#poor + 1 : 0;
    this.#count = found === this.#candidate ? this.#count + 1 : 1;
    this.#candidate = found;
    if (found === this.quality || (this.quality !== null && this.#count < AGREE)) return false;
    this.quality = found;
    return true;
  }

  /** True once the line has been too weak for pictures for a while. */
  get isWeak() {
    return this.#poor >= GIVE_UP;
  }

  /** Forgets the weak spell: somebody decided to try pictures again. */
  forgive() {
    this.#poor = 0;
  }
}
