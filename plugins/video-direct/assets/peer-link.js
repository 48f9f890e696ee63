/** What the two pages tell each other over the call's own data channel: written messages, and what each can see and hear. */

export class PeerLink {
  #channel = null;
  #mine = null;
  #options;

  /** What the other page said last. */
  theirs = unknown();

  /** @param {{ onChat: (text: string) => void, onState: () => void }} options */
  constructor(options) {
    this.#options = options;
  }

  /** Takes over the channel of a newly built call. */
  use(channel) {
    this.#channel = channel;
    channel.addEventListener('open', () => channel === this.#channel && this.#tell());
    channel.addEventListener('message', (event) => channel === this.#channel && this.#receive(event.data));
  }

  /** @param {{ microphone: boolean, camera: boolean, sharing: boolean, soundOnly: boolean }} mine */
  tell(mine) {
    // Only news is told: otherwise two pages would answer each other for ever.
    if (JSON.stringify(mine) === JSON.stringify(this.#mine)) return;
    this.#mine = mine;
    this.#tell();
  }

  /** False when nobody is there to read it. */
  chat(text) {
    if (this.#channel?.readyState !== 'open') return false;
    this.#channel.send(JSON.stringify({ kind: 'chat', text }));
    return true;
  }

  /** The other person is gone: what they said no longer holds. */
  clear() {
    this.#channel = null;
    this.theirs = unknown();
  }

  #tell() {
    if (this.#mine && this.#channel?.readyState === 'open') {
      this.#channel.send(JSON.stringify({ kind: 'state', ...this.#mine }));
    }
  }

  #receive(data) {
    const message = read(data);
    if (!message) return;
    if (message.kind === 'chat' && typeof message.text === 'string') this.#options.onChat(message.text);
    if (message.kind === 'state') {
      const { microphone, camera, sharing, soundOnly } = message;
      this.theirs = {
        microphone: microphone === true,
        camera: camera === true,
        sharing: sharing === true,
        soundOnly: soundOnly === true,
      };
      this.#options.onState();
    }
  }
}

/** The other page is of our own making, but its messages are checked like anybody's: what is not one is dropped. */
function read(data) {
  if (typeof data !== 'string' || data.length > 16_000) return null;
  try {
    const message = JSON.parse(data);
    return typeof message === 'object' ? message : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const unknown = () => ({ microphone: true, camera: true, sharing: false, soundOnly: false });
