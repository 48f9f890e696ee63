const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/**
 * Listens to the event stream of this page and says each signal as a DOM event: `{"event":"waiting"}` on the wire is
 * `alcove:waiting` on the body, so that a fragment refreshes itself with `hx-trigger="alcove:waiting from:body"`. Signals may be
 * lost while the line is down; after every new connection but the first, `alcove:again` says "look at everything again".
 *
 * When the session has ended the page is loaded again, which leads to the sign-in; a page that holds something that outlives an idle
 * session (a call) keeps itself by cancelling `alcove:signed-out`.
 *
 * Tabs of one browser share a single stream (a browser allows six connections to a server): the one that holds the lock listens
 * and tells the others. It goes on in hidden tabs, because the waiting badge must stay true there.
 *
 * @param {string} url address of the stream
 */
export function startLive(url) {
  const others = new BroadcastChannel(`alcove-live:${url}`);
  const tell = (message) => {
    others.postMessage(message);
    say(message);
  };
  others.addEventListener('message', ({ data }) => say(data));
  const listen = () => new Promise((end) => new Line(url, tell, end).open());
  // Locks need a secure context; without them each tab has a stream of its own.
  if (navigator.locks) void navigator.locks.request(`alcove-live:${url}`, listen);
  else void listen();
}

function say({ event, data = {} }) {
  document.body.dispatchEvent(new CustomEvent(`alcove:${event}`, { detail: data }));
}

/** One stream that comes back by itself, waiting longer each time the server does not answer. */
class Line {
  constructor(url, tell, end) {
    this.url = url;
    this.tell = tell;
    this.end = end;
    this.failures = 0;
    this.connectedBefore = false;
    addEventListener('online', () => this.retry && this.open());
  }

  open() {
    clearTimeout(this.retry);
    this.retry = undefined;
    const stream = new EventSource(this.url);
    stream.addEventListener('open', () => {
      this.failures = 0;
      if (this.connectedBefore) this.tell({ event: 'again' });
      this.connectedBefore = true;
    });
    stream.addEventListener('message', ({ data }) => this.tell(JSON.parse(data)));
    stream.addEventListener('error', () => {
      stream.close();
      void this.failed();
    });
  }

  async failed() {
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.failures++);
    if (await this.isSignedOut()) return;
    clearTimeout(this.retry);
    // Spread, so that a restart of the server does not meet every page at once.
    this.retry = setTimeout(() => this.open(), wait * (0.5 + Math.random()));
  }

  /** A stream does not say why it ended: ask the same address once. A session that has ended leads to the sign-in. */
  async isSignedOut() {
    const stop = new AbortController();
    try {
      const answer = await fetch(this.url, { redirect: 'manual', signal: stop.signal });
      const refused = answer.type === 'opaqueredirect' || answer.status === 401;
      if (refused) {
        this.end();
        const over = new CustomEvent('alcove:signed-out', { cancelable: true });
        if (document.body.dispatchEvent(over)) location.reload();
      }
      return refused;
    } catch (error) {
      if (error instanceof TypeError) return false; // no connection: try again later
      throw error;
    } finally {
      stop.abort();
    }
  }
}
