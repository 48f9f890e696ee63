/** One person's side of the meeting: own media, the line to the server, the call to the other page, and what is shown of it all. */
import { Call } from './call.js';
import { diagnose } from './diagnosis.js';
import { speaker } from './dom.js';
import { LocalMedia } from './local-media.js';
import { MeetingView } from './meeting-view.js';
import { PeerLink } from './peer-link.js';
import { QualityMeter, sample } from './quality.js';
import { SignalClient } from './signal-client.js';
import { SoundOnly } from './sound-only.js';

const LOOK_MS = 2_000;

export class Meeting {
  #element;
  #hooks;
  #view;
  #local;
  #signal;
  #link;
  #page = crypto.randomUUID();
  #call = null;
  #peer = null;
  #away = false;
  #polite = false;
  #ice = { iceServers: [], relayOnly: false };
  #callState = 'connecting';
  #situation = 'connecting';
  #meter = new QualityMeter();
  #looking;
  #sound = new SoundOnly();
  #reported = '';
  #over = false;
  #online = () => this.#call?.networkChanged();

  constructor(element, config, hooks) {
    this.#element = element;
    this.#hooks = hooks;
    const say = speaker({ ...config.labels, ...hooks.labels });
    this.#local = new LocalMedia({
      devices: config.devices ?? {},
      onTrack: (kind, track) => this.#ownTrack(kind, track),
      onChange: () => this.#update(),
      onNotice: (key) => this.#view.remark(key),
    });
    this.#link = new PeerLink({
      onChat: (text) => this.#view.chat.receive(text),
      onState: () => this.#theirStateChanged(),
    });
    this.#view = new MeetingView(element, say, {
      microphone: () => this.toggleMicrophone(),
      camera: () => this.toggleCamera(),
      share: () => void this.#local.toggleShare(),
      soundOnly: () => this.toggleSoundOnly(),
      tryDevices: () => void this.#local.open(),
      send: (text) => this.#link.chat(text),
      devices: () => this.#local.devices(),
      currentDevice: (kind) => this.#local.tracks[kind]?.getSettings().deviceId ?? this.#local.chosen[kind] ?? null,
      chooseDevice: (kind, id) => void this.#local.choose(kind, id),
    });
    const url = new URL(config.socket, location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    this.#signal = new SignalClient({
      url: url.href,
      token: config.token,
      page: this.#page,
      freshTicket: async () => unwrap(await hooks.freshTicket()),
      onMessage: (message) => this.#receive(message),
      onDetached: () => this.#update(),
      onEnd: (reason) => this.#ended(reason),
    });
  }

  start() {
    addEventListener('online', this.#online);
    this.#looking = setInterval(() => void this.#look(), LOOK_MS);
    this.#element.alcoveVideo = diagnose(() => this.#call, this.#signal);
    this.#update();
    // Joining does not wait for the camera: somebody who is still asked for permission already sees and hears.
    void this.#local.open();
    this.#signal.start();
  }

  toggleMicrophone() {
    this.#local.toggleMicrophone();
  }

  toggleCamera() {
    if (this.#sound.isOn) return this.toggleSoundOnly();
    void this.#local.toggleCamera();
  }

  /** Sound only: no picture is sent, and the other page is asked to send none. */
  toggleSoundOnly(isForced = false) {
    const now = performance.now();
    if (this.#sound.isOn) this.#meter.forgive();
    void this.#local.toggleCamera(this.#sound.toggle({ cameraOn: this.#local.cameraOn, isForced, now }));
    this.#update();
  }

  destroy() {
    this.#close();
    this.#view.remove();
    delete this.#element.alcoveVideo;
  }

  #receive(message) {
    switch (message.type) {
      case 'welcome':
        this.#polite = message.polite;
        this.#ice = { iceServers: message.iceServers, relayOnly: message.relayOnly };
        this.#away = message.away;
        if (message.peer) this.#meet(message.peer);
        // Nobody there now: a call that still runs is left alone.
        else if (this.#callState !== 'connected') this.#part('waiting');
        this.#signal.flush(message.peer);
        break;
      case 'peer':
        this.#away = false;
        this.#meet(message.page);
        break;
      case 'peer-away':
        this.#away = message.page === this.#peer;
        break;
      case 'peer-left':
        if (message.page === this.#peer) this.#part('left');
        break;
      default:
        if (message.from === this.#peer) void this.#call?.handle(message);
    }
    this.#update();
  }

  /** The same page keeps its call; another page (a reload, another person) gets a new one. */
  #meet(page) {
    if (page === this.#peer && this.#call) {
      if (!this.#away) this.#call.reattached();
      return;
    }
    this.#dropCall();
    this.#peer = page;
    this.#situation = 'connecting';
    const call = new Call({
      polite: this.#polite,
      ice: this.#ice,
      send: (message) => this.#signal.send({ ...message, to: page }),
      requestIce: () => this.#signal.requestIce(),
      isReachable: () => this.#signal.attached && !this.#away,
      onState: (state) => call === this.#call && this.#callChanged(state),
      onRemote: (tracks) => call === this.#call && this.#view.stage.showRemote(tracks),
      onChannel: (channel) => call === this.#call && this.#link.use(channel),
    });
    this.#call = call;
    call.start(this.#sent());
  }

  #part(situation) {
    this.#dropCall();
    this.#peer = null;
    this.#situation = situation;
  }

  #dropCall() {
    this.#call?.close();
    this.#call = null;
    this.#callState = 'connecting';
    this.#meter = new QualityMeter();
    this.#link.clear();
    this.#view.stage.clearRemote();
  }

  #callChanged(state) {
    this.#callState = state;
    this.#update();
  }

  #theirStateChanged() {
    void this.#call?.setTrack('camera', this.#sent().camera);
    this.#update();
  }

  #ownTrack(kind, track) {
    if (kind === 'camera') this.#view.stage.showSelf(track);
    void this.#call?.setTrack(kind, this.#sent()[kind]);
  }

  /** What is really sent: no picture while either side wants sound only. */
  #sent() {
    const { audio, camera, screen } = this.#local.tracks;
    const isSound = this.#sound.isOn || this.#link.theirs.soundOnly;
    return { audio, camera: isSound ? null : camera, screen };
  }

  async #look() {
    const call = this.#call;
    const stats = await call?.connection?.getStats();
    if (!stats || call !== this.#call || this.#callState !== 'connected') return;
    this.#meter.add(sample(stats.values(), performance.now()));
    const hasPictures = !this.#sound.isOn && !this.#link.theirs.soundOnly;
    if (this.#sound.isDue(this.#meter.isWeak, hasPictures, performance.now())) this.toggleSoundOnly(true);
    this.#update();
  }

  #ended(reason) {
    this.#close();
    this.#situation = reason;
    this.#update();
    // A third person stays on the page and reads why; who was put out is the page's business.
    if (['replaced', 'removed', 'ended'].includes(reason)) this.#hooks.leave(reason);
  }

  #close() {
    if (this.#over) return;
    this.#over = true;
    removeEventListener('online', this.#online);
    clearInterval(this.#looking);
    this.#signal.stop();
    this.#dropCall();
    this.#local.close();
  }

  #update() {
    const { microphoneOn, cameraOn, tracks, complaint } = this.#local;
    const soundOnly = this.#sound.isOn;
    const connection = this.#connection();
    const sharing = tracks.screen !== null;
    const hasMicrophone = tracks.audio !== null;
    const isSeen = this.#sent().camera !== null;
    this.#link.tell({ microphone: microphoneOn && hasMicrophone, camera: isSeen, sharing, soundOnly });
    const mine = { microphoneOn, cameraOn, hasMicrophone, isSeen, sharing, complaint, soundOnly };
    const around = { situation: this.#situation, away: this.#away, theirs: this.#link.theirs };
    this.#view.update({ connection, weak: this.#sound.isForced, ...mine, ...around });
    this.#report(connection);
  }

  #connection() {
    if (this.#over) return 'closed';
    if (this.#call) return this.#callState;
    if (!this.#signal.attached) return 'connecting';
    return 'waiting';
  }

  #report(connection) {
    const quality = connection === 'connected' ? (this.#meter.quality ?? undefined) : undefined;
    const peer = this.#peer === null ? 'absent' : this.#away ? 'away' : 'here';
    const state = { connection, quality, peer };
    const text = JSON.stringify(state);
    if (text === this.#reported) return;
    this.#reported = text;
    this.#hooks.state(state);
  }
}

/** The page may hand over the whole embed descriptor, as its ticket route answers, or only the config in it. */
const unwrap = (fresh) => fresh.config ?? fresh;
