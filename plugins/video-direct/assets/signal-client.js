/**
 * The page's line to the server. It only introduces the two pages: when it breaks, media goes on, and it comes back by itself with a
 * fresh ticket.
 */

/**
 * Close codes after which coming back makes no sense, and why. The same numbers are in the server's `messages.ts`; 1008 comes from the
 * host when the session of whoever opened the socket ended.
 */
const FINAL = { 1000: 'left', 1008: 'ended', 4404: 'ended', 4405: 'removed', 4409: 'replaced', 4410: 'full' };
const REFUSED = 4403;

const PING_MS = 8_000;
const SILENCE_MS = 20_000;
const WELCOME_MS = 8_000;
const ICE_MS = 2_000;
const MAX_QUEUE = 200;
const SLOWEST_MS = 8_000;

export class SignalClient {
  #options;
  #socket = null;
  #attached = false;
  #stopped = false;
  #token;
  #refusals = 0;
  #attempt = 0;
  #retry;
  #watch;
  #heardAt = 0;
  #pingedAt = 0;
  #queue = [];
  #iceWaiters = [];
  #online = () => this.#wake();
  #visible = () => document.visibilityState === 'visible' && this.#wake();

  /** Sockets opened so far. */
  sockets = 0;

  /**
   * @param {{ url: string, token: string, page: string, freshTicket: () => Promise<{ token: string }>,
   *   onMessage: (message: object) => void, onDetached: () => void, onEnd: (reason: string) => void }} options
   */
  constructor(options) {
    this.#options = options;
    this.#token = options.token;
  }

  get attached() {
    return this.#attached;
  }

  start() {
    addEventListener('online', this.#online);
    document.addEventListener('visibilitychange', this.#visible);
    this.#watch = setInterval(() => this.#listen(), 2_000);
    void this.#connect();
  }

  /** Leaves for good. */
  stop() {
    if (this.#attached) this.#socket.send(JSON.stringify({ type: 'bye' }));
    this.#finish();
  }

  /** Sends to the other page; waits in a queue while the line is down. */
  send(message) {
    if (this.#attached) this.#socket.send(JSON.stringify(message));
    else {
      this.#queue.push(message);
      if (this.#queue.length > MAX_QUEUE) this.#queue.shift();
    }
  }

  /** After a welcome: sends what waited for this page, and forgets what was meant for one that is gone. */
  flush(peer) {
    for (const message of this.#queue.splice(0)) if (message.to === peer) this.send(message);
  }

  /** Fresh relay credentials, or null when the line is down. */
  requestIce() {
    if (!this.#attached) return Promise.resolve(null);
    this.#socket.send(JSON.stringify({ type: 'ice' }));
    return new Promise((resolve) => {
      this.#iceWaiters.push(resolve);
      setTimeout(() => resolve(null), ICE_MS);
    });
  }

  /** For tests and diagnosis: breaks the line as a lost network would. */
  drop() {
    this.#socket?.close();
    this.#lost(this.#socket);
  }

  async #connect() {
    clearTimeout(this.#retry);
    const token = this.#token ?? (await this.#fetchToken());
    this.#token = null;
    if (!token || this.#stopped) return;
    const socket = new WebSocket(this.#options.url);
    this.#socket = socket;
    this.sockets += 1;
    const timer = setTimeout(() => socket.close(), WELCOME_MS);
    socket.addEventListener('open', () => {
      socket.send(JSON.stringify({ type: 'hello', token, page: this.#options.page }));
    });
    socket.addEventListener('message', (event) => {
      if (socket !== this.#socket) return;
      clearTimeout(timer);
      this.#receive(JSON.parse(event.data));
    });
    socket.addEventListener('close', (event) => {
      clearTimeout(timer);
      if (socket === this.#socket) this.#closed(socket, event.code);
    });
  }

  async #fetchToken() {
    try {
      return (await this.#options.freshTicket()).token;
    } catch (error) {
      // The door said no (a 4xx with its status on the error): stop. Anything else may be a server that is coming back.
      const isNo = error?.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;
      if (isNo) this.#end('ended');
      else this.#again();
      return null;
    }
  }

  #receive(message) {
    this.#heardAt = performance.now();
    if (message.type === 'pong') return;
    if (message.type === 'welcome') {
      this.#attached = true;
      this.#attempt = 0;
      this.#refusals = 0;
    }
    if (message.type === 'ice') for (const resolve of this.#iceWaiters.splice(0)) resolve(message);
    else this.#options.onMessage(message);
  }

  #closed(socket, code) {
    const reason = FINAL[code];
    if (reason) return this.#end(reason);
    if (code === REFUSED && (this.#refusals += 1) > 1) return this.#end('ended');
    this.#lost(socket);
  }

  #lost(socket) {
    if (socket !== this.#socket || this.#stopped) return;
    this.#socket = null;
    const wasAttached = this.#attached;
    this.#attached = false;
    if (wasAttached) this.#options.onDetached();
    this.#again();
  }

  #again() {
    if (this.#stopped) return;
    // Quick at first, then slower, and never in step with the other page.
    const delay = Math.min(250 * 2 ** this.#attempt, SLOWEST_MS) * (0.5 + Math.random() / 2);
    this.#attempt += 1;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), delay);
  }

  /** A browser does not notice a dead line; silence does. */
  #listen() {
    if (!this.#attached) return;
    const now = performance.now();
    if (now - this.#heardAt > SILENCE_MS) return this.drop();
    if (now - this.#pingedAt > PING_MS) this.#ping();
  }

  #ping() {
    this.#pingedAt = performance.now();
    this.#socket.send(JSON.stringify({ type: 'ping' }));
  }

  #wake() {
    if (this.#stopped) return;
    if (this.#attached) this.#ping();
    else if (!this.#socket) {
      this.#attempt = 0;
      this.#again();
    }
  }

  #end(reason) {
    if (this.#stopped) return;
    this.#finish();
    this.#options.onEnd(reason);
  }

  #finish() {
    this.#stopped = true;
    this.#attached = false;
    clearTimeout(this.#retry);
    clearInterval(this.#watch);
    removeEventListener('online', this.#online);
    document.removeEventListener('visibilitychange', this.#visible);
    this.#socket?.close();
    this.#socket = null;
  }
}
