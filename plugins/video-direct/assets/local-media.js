/** The person's own microphone, camera and screen: opened, switched, lost and found again. */

const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24, max: 30 } };

export class LocalMedia {
  #options;
  #busy = Promise.resolve();
  #closed = false;
  #onDevices = () => void this.#devicesChanged();

  tracks = { audio: null, camera: null, screen: null };
  /** What the person wants, whatever devices there are. */
  microphoneOn = true;
  cameraOn = true;
  /** Names of the errors that kept a device away, or null. */
  trouble = { audio: null, camera: null };
  chosen = { audio: null, camera: null };

  /**
   * @param {{ devices: { microphone?: string | null, camera?: string | null, withoutCamera?: boolean },
   *   onTrack: (kind: 'audio' | 'camera' | 'screen', track: MediaStreamTrack | null) => void,
   *   onChange: () => void, onNotice: (key: string) => void }} options
   */
  constructor(options) {
    this.#options = options;
    const { microphone = null, camera = null, withoutCamera = false } = options.devices;
    this.chosen = { audio: microphone, camera };
    this.cameraOn = !withoutCamera;
    navigator.mediaDevices?.addEventListener('devicechange', this.#onDevices);
  }

  /** Opens what can be opened. Never fails: a person without devices still sees and hears. */
  open() {
    return this.#inTurn(async () => {
      const wanted = {
        audio: this.microphoneOn && !isLive(this.tracks.audio),
        camera: this.cameraOn && !isLive(this.tracks.camera),
      };
      if (wanted.audio && wanted.camera && (await this.#openBoth())) return;
      if (wanted.audio) await this.#openOne('audio');
      if (wanted.camera) await this.#openOne('camera');
    });
  }

  /** Mutes without letting go of the device, so that speaking again is instant. */
  toggleMicrophone() {
    this.microphoneOn = !this.microphoneOn;
    if (this.tracks.audio) this.tracks.audio.enabled = this.microphoneOn;
    else if (this.microphoneOn) void this.open();
    this.#options.onChange();
  }

  /** Lets go of the camera when off, so that its light goes out. */
  toggleCamera(on = !this.cameraOn) {
    this.cameraOn = on;
    this.#options.onChange();
    return this.#inTurn(async () => {
      if (!this.cameraOn) this.#put('camera', null);
      else if (!isLive(this.tracks.camera)) await this.#openOne('camera');
    });
  }

  /** Uses another device of a kind. */
  choose(kind, deviceId) {
    this.chosen[kind] = deviceId;
    return this.#inTurn(async () => {
      if (kind === 'audio' ? this.microphoneOn || this.tracks.audio : this.cameraOn) await this.#openOne(kind);
    });
  }

  async toggleShare() {
    if (this.tracks.screen) return this.#put('screen', null);
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false });
      const [track] = stream.getVideoTracks();
      if (this.#closed) return track.stop();
      track.contentHint = 'detail';
      this.#put('screen', track);
    } catch (error) {
      // Closing the browser's own chooser is an answer, not a fault.
      if (error.name !== 'NotAllowedError') this.#options.onNotice('shareFailed');
    }
  }

  /** Devices by kind, for the chooser. */
  async devices() {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const of = (kind) => all.filter((device) => device.kind === kind && device.deviceId !== '');
    return { audio: of('audioinput'), camera: of('videoinput'), speaker: of('audiooutput') };
  }

  /** Label key for what is missing, or null. */
  get complaint() {
    const { audio, camera } = this.trouble;
    const names = [audio, camera];
    if (names.includes('NotAllowedError') || names.includes('SecurityError')) return 'refusedDevices';
    if (names.includes('NotReadableError') || names.includes('AbortError')) return 'busyDevices';
    if (audio && camera) return 'noDevices';
    if (camera) return 'noCamera';
    return audio ? 'noMicrophone' : null;
  }

  close() {
    this.#closed = true;
    navigator.mediaDevices?.removeEventListener('devicechange', this.#onDevices);
    for (const track of Object.values(this.tracks)) track?.stop();
    this.tracks = { audio: null, camera: null, screen: null };
  }

  async #openBoth() {
    try {
      const stream = await this.#ask({ audio: this.#constraints('audio'), video: this.#constraints('camera') });
      this.#put('audio', stream.getAudioTracks()[0]);
      this.#put('camera', stream.getVideoTracks()[0]);
      return true;
    } catch (error) {
      // One of the two may still work alone; `openOne` records what does not.
      this.trouble = { audio: error.name, camera: error.name };
      return false;
    }
  }

  async #openOne(kind) {
    try {
      const stream = await this.#ask({ [kind === 'audio' ? 'audio' : 'video']: this.#constraints(kind) });
      this.#put(kind, stream.getTracks()[0]);
    } catch (error) {
      this.trouble[kind] = error.name;
      // A remembered device that is gone must not keep the others away.
      if (error.name === 'OverconstrainedError' && this.chosen[kind]) {
        this.chosen[kind] = null;
        return this.#openOne(kind);
      }
      this.#options.onChange();
    }
  }

  #ask(constraints) {
    // Pages that are not served securely have no mediaDevices at all.
    if (!navigator.mediaDevices) throw new DOMException('no devices on this page', 'NotFoundError');
    return navigator.mediaDevices.getUserMedia(constraints);
  }

  #constraints(kind) {
    const device = this.chosen[kind] ? { deviceId: { exact: this.chosen[kind] } } : {};
    return { ...(kind === 'audio' ? SOUND : PICTURE), ...device };
  }

  #put(kind, track) {
    if (this.#closed) {
      track?.stop();
      return;
    }
    const before = this.tracks[kind];
    this.tracks[kind] = track;
    if (before && before !== track) before.stop();
    if (kind !== 'screen') this.trouble[kind] = null;
    if (track && kind === 'audio') track.enabled = this.microphoneOn;
    // A track ends by itself when its device is unplugged, or when the browser's own "stop sharing" is pressed.
    track?.addEventListener('ended', () => this.tracks[kind] === track && this.#ended(kind));
    this.#options.onTrack(kind, track);
    this.#options.onChange();
  }

  #ended(kind) {
    if (kind === 'screen') return this.#put('screen', null);
    this.chosen[kind] = null;
    void this.#inTurn(async () => {
      this.#put(kind, null);
      await this.#openOne(kind);
      this.#options.onNotice(this.tracks[kind] ? 'unplugged' : 'lost');
    });
  }

  /** A device came or went: one that was missing is used at once. */
  async #devicesChanged() {
    const devices = await this.devices();
    if (this.trouble.audio && this.microphoneOn && devices.audio.length)
      await this.#inTurn(() => this.#openOne('audio'));
    if (this.trouble.camera && this.cameraOn && devices.camera.length)
      await this.#inTurn(() => this.#openOne('camera'));
    this.#options.onChange();
  }

  /** Opening and closing devices one after the other: a quick double press must not leave a camera running. */
  #inTurn(step) {
    const done = this.#busy.then(() => (this.#closed ? undefined : step()));
    this.#busy = done.catch(() => undefined);
    return done;
  }
}

const isLive = (track) => track?.readyState === 'live';
