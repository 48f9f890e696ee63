/**
 * One peer connection to one page, kept alive. Perfect negotiation: either side may offer at any time, the polite one gives way. Both
 * sides keep three lines open all the time (sound, camera, screen), so that devices change without a new negotiation.
 */
import { Recovery } from './recovery.js';

const KINDS = ['audio', 'camera', 'screen'];
const MAX_HELD = 100;

export class Call {
  #options;
  #pc = null;
  #epoch = 1;
  #lines = null;
  #makingOffer = false;
  #ignoreOffer = false;
  #settingAnswer = false;
  /** Number of my latest offer; an answer to an older one is no answer. */
  #n = 0;
  #held = [];
  #ice;
  #recovery;
  #tracks = { audio: null, camera: null, screen: null };

  /** Names sound and camera as belonging together, so that the other browser keeps lips and words in step. */
  #person = new MediaStream();

  /** Counts for diagnosis; `errors` holds names of errors, never their text (it may contain addresses). */
  counts = { restarts: 0, resets: 0, glares: 0, errors: [] };

  /**
   * @param {{ polite: boolean, ice: { iceServers: object[], relayOnly: boolean }, send: (message: object) => void,
   *   requestIce: () => Promise<{ iceServers: object[] } | null>, isReachable: () => boolean,
   *   onState: (state: string) => void, onRemote: (tracks: object) => void, onChannel: (channel: RTCDataChannel) => void }} options
   */
  constructor(options) {
    this.#options = options;
    this.#ice = options.ice;
    this.#recovery = new Recovery({
      polite: options.polite,
      isReachable: options.isReachable,
      onState: options.onState,
      resend: () => this.#guard(() => this.#sendDescription()),
      restart: () => this.#guard(() => this.#restart()),
      reset: () => this.#reset(),
    });
  }

  /** @param {{ audio: MediaStreamTrack | null, camera: MediaStreamTrack | null, screen: MediaStreamTrack | null }} tracks */
  start(tracks) {
    this.#tracks = { ...tracks };
    this.#build();
  }

  close() {
    this.#recovery.stop();
    this.#pc?.close();
    this.#pc = null;
  }

  /** Sends another track, or none, on one of the three lines. Needs no negotiation. */
  async setTrack(kind, track) {
    this.#tracks[kind] = track;
    await this.#guard(() => this.#lines?.[kind].sender.replaceTrack(track));
  }

  /** A message of the other page. */
  async handle(message) {
    if (message.epoch > this.#epoch) {
      this.#epoch = message.epoch;
      this.#build();
    }
    if (!this.#pc) return;
    if (message.epoch < this.#epoch) {
      // The other side has not heard that we began anew.
      if (message.type === 'description') this.#say({ type: 'reset' });
      return;
    }
    if (message.type === 'description') await this.#guard(() => this.#onDescription(message));
    if (message.type === 'candidate') await this.#guard(() => this.#onCandidate(message.candidate));
  }

  /** The line to the other page is back: whatever was lost on it is said again. */
  reattached() {
    this.#recovery.reattached();
  }

  /** The network under us changed. */
  networkChanged() {
    this.#recovery.want();
  }

  get connection() {
    return this.#pc;
  }

  #build() {
    this.#pc?.close();
    this.#lines = null;
    this.#held = [];
    this.#makingOffer = this.#ignoreOffer = this.#settingAnswer = false;
    const pc = new RTCPeerConnection({
      iceServers: this.#ice.iceServers,
      iceTransportPolicy: this.#ice.relayOnly ? 'relay' : 'all',
      bundlePolicy: 'max-bundle',
    });
    this.#pc = pc;
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (pc !== this.#pc) return;
      this.#say({ type: 'candidate', candidate: candidate ? candidate.toJSON() : null });
    });
    pc.addEventListener('negotiationneeded', () => pc === this.#pc && this.#guard(() => this.#offer()));
    this.#recovery.watch(pc);
    // Only one side lays the lines, so that they can never be laid twice; the other takes them over from the first offer.
    if (!this.#options.polite) {
      const { audio, camera, screen } = this.#tracks;
      const together = [this.#person];
      pc.addTransceiver(audio ?? 'audio', { direction: 'sendrecv', streams: together });
      pc.addTransceiver(camera ?? 'video', { direction: 'sendrecv', streams: together });
      pc.addTransceiver(screen ?? 'video', { direction: 'sendrecv' });
      this.#takeLines();
    }
  }

  #takeLines() {
    const transceivers = this.#pc.getTransceivers();
    this.#lines = Object.fromEntries(KINDS.map((kind, index) => [kind, transceivers[index]]));
    // The channel is agreed on beforehand (id 0), so it needs no message of its own.
    this.#options.onChannel(this.#pc.createDataChannel('alcove', { negotiated: true, id: 0 }));
    this.#options.onRemote(Object.fromEntries(KINDS.map((kind) => [kind, this.#lines[kind].receiver.track])));
  }

  async #offer() {
    const pc = this.#pc;
    if (!pc || pc.signalingState === 'have-remote-offer') return;
    try {
      this.#makingOffer = true;
      await pc.setLocalDescription();
      if (pc !== this.#pc || pc.localDescription.type !== 'offer') return;
      this.#n += 1;
      this.#sendDescription();
    } finally {
      this.#makingOffer = false;
    }
  }

  #sendDescription(n = this.#n) {
    const { type, sdp } = this.#pc.localDescription;
    this.#say({ type: 'description', n, description: { type, sdp } });
  }

  async #onDescription({ description, n }) {
    const pc = this.#pc;
    const isOffer = description.type === 'offer';
    const isReady = !this.#makingOffer && (pc.signalingState === 'stable' || this.#settingAnswer);
    const isClash = isOffer && !isReady;
    if (isClash) this.counts.glares += 1;
    this.#ignoreOffer = isClash && !this.#options.polite;
    if (this.#ignoreOffer) return;
    if (!isOffer && (n !== this.#n || pc.signalingState !== 'have-local-offer')) return;

    this.#settingAnswer = !isOffer;
    try {
      await pc.setRemoteDescription(description);
    } finally {
      this.#settingAnswer = false;
    }
    if (pc !== this.#pc) return;
    if (isOffer) {
      if (!this.#lines) await this.#adoptLines();
      await pc.setLocalDescription();
      if (pc !== this.#pc) return;
      this.#sendDescription(n);
    }
    await this.#addHeld();
  }

  async #adoptLines() {
    this.#takeLines();
    for (const kind of KINDS) {
      const line = this.#lines[kind];
      line.direction = 'sendrecv';
      if (kind !== 'screen') line.sender.setStreams(this.#person);
      await line.sender.replaceTrack(this.#tracks[kind]);
    }
  }

  async #onCandidate(candidate) {
    const remote = this.#pc.remoteDescription;
    if (candidate === null) {
      if (remote) await this.#pc.addIceCandidate();
      return;
    }
    // A candidate may overtake the description it belongs to, or belong to an offer we let pass: it waits for its own.
    if (!belongs(candidate, remote)) {
      this.#held.push(candidate);
      if (this.#held.length > MAX_HELD) this.#held.shift();
      return;
    }
    await this.#pc.addIceCandidate(candidate);
  }

  async #addHeld() {
    const pc = this.#pc;
    for (const candidate of this.#held.splice(0)) {
      if (belongs(candidate, pc.remoteDescription)) await pc.addIceCandidate(candidate);
      else this.#held.push(candidate);
    }
  }

  async #restart() {
    const pc = this.#pc;
    this.counts.restarts += 1;
    // The old relay password may have passed its hour.
    const ice = await this.#options.requestIce();
    if (pc !== this.#pc || !pc) return;
    if (ice) {
      this.#ice = { ...this.#ice, iceServers: ice.iceServers };
      pc.setConfiguration({ ...pc.getConfiguration(), iceServers: ice.iceServers });
    }
    pc.restartIce();
    if (pc.signalingState === 'have-local-offer') await this.#offer();
  }

  /** Nothing else helped: both sides start again from nothing, under the next number. */
  #reset() {
    this.counts.resets += 1;
    this.#epoch += 1;
    this.#build();
    this.#say({ type: 'reset' });
  }

  #say(message) {
    this.#options.send({ ...message, epoch: this.#epoch });
  }

  /** A failed step is counted and repaired by `Recovery`; it must not stop the page. */
  async #guard(step) {
    const pc = this.#pc;
    try {
      await step();
    } catch (error) {
      if (pc === this.#pc && pc !== null) this.counts.errors.push(error.name);
    }
  }
}

function belongs(candidate, description) {
  if (!description) return false;
  if (!candidate.usernameFragment) return true;
  return description.sdp.includes(`a=ice-ufrag:${candidate.usernameFragment}`);
}
