/** Decides when a call needs help: say the offer again, restart ICE, or begin anew. Knows nothing of how each is done. */

const LOOK_MS = 500;
/** A short gap in the network heals by itself. */
const DISCONNECTED_MS = 3_000;
const RESTART_EVERY_MS = 5_000;
const RESEND_EVERY_MS = 4_000;
const STARTING_MS = 10_000;
const RESET_MS = 30_000;
const FAILED_MS = 12_000;
/** Both sides notice at the same moment; the polite one lets the other begin. */
const POLITE_MS = 700;

export class Recovery {
  #options;
  #pc = null;
  #timer = null;
  #wasConnected = false;
  #badSince = null;
  #offeredSince = null;
  #restartedAt = -Infinity;
  #wanted = false;
  #state = null;

  constructor(options) {
    this.#options = options;
  }

  /** Begins to look after a newly built connection. */
  watch(pc) {
    this.#pc = pc;
    this.#badSince = performance.now();
    this.#offeredSince = null;
    this.#restartedAt = performance.now();
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
    pc.addEventListener('connectionstatechange', () => pc === this.#pc && this.#look());
    this.#look();
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
    this.#pc = null;
  }

  /** An ICE restart is due as soon as the other page can be reached. */
  want() {
    this.#wanted = true;
    this.#look();
  }

  reattached() {
    if (!this.#pc) return;
    if (this.#pc.signalingState === 'have-local-offer') this.#options.resend();
    else if (this.#wasConnected && this.#pc.connectionState !== 'connected') this.#wanted = true;
    this.#look();
  }

  #look() {
    const pc = this.#pc;
    if (!pc) return;
    const now = performance.now();
    const isConnected = pc.connectionState === 'connected';
    if (isConnected) {
      this.#badSince = null;
      this.#wasConnected = true;
    } else this.#badSince ??= now;
    this.#tell(isConnected, now);
    if (this.#options.isReachable()) this.#help(pc, now);
  }

  #tell(isConnected, now) {
    const isLong = this.#badSince !== null && now - this.#badSince > FAILED_MS;
    const state = isConnected ? 'connected' : isLong ? 'failed' : this.#wasConnected ? 'reconnecting' : 'connecting';
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(state);
  }

  #help(pc, now) {
    if (pc.signalingState === 'have-local-offer') {
      this.#offeredSince ??= now;
      if (now - this.#offeredSince > RESEND_EVERY_MS) {
        this.#offeredSince = now;
        this.#options.resend();
      }
    } else this.#offeredSince = null;

    if (this.#wanted && pc.remoteDescription) return this.#restart(now);
    if (this.#badSince === null) return;
    const bad = now - this.#badSince;
    const sinceRestart = now - this.#restartedAt;
    if (bad > RESET_MS && sinceRestart > RESTART_EVERY_MS) {
      this.#badSince = now;
      return this.#options.reset();
    }
    if (!pc.remoteDescription) {
      // The polite side waits for the first offer; when none comes it asks for a new beginning.
      if (this.#options.polite && bad > STARTING_MS) {
        this.#badSince = now;
        this.#options.reset();
      }
      return;
    }
    const patience = this.#options.polite ? POLITE_MS : 0;
    const isDue =
      (pc.connectionState === 'failed' && bad > patience) ||
      (pc.connectionState === 'disconnected' && bad > DISCONNECTED_MS + patience) ||
      bad > STARTING_MS + patience;
    if (isDue && (sinceRestart > RESTART_EVERY_MS || this.#isFirst())) this.#restart(now);
  }

  /** The first restart after a good time need not wait for the interval. */
  #isFirst() {
    return this.#badSince !== null && this.#restartedAt < this.#badSince && this.#wasConnected;
  }

  #restart(now) {
    this.#wanted = false;
    this.#restartedAt = now;
    this.#options.restart();
  }
}
