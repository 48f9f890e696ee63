/** Everything the meeting shows, as a function of its state. */
import { createBar } from './bar.js';
import { createChat } from './chat-panel.js';
import { createDevices } from './devices-panel.js';
import { h } from './dom.js';
import { createStage } from './stage.js';

const REMARK_MS = 8_000;

export class MeetingView {
  #actions;
  #bar;
  #root;
  #devices;
  #open = null;
  #blocked = false;
  #remark = null;
  #remarkTimer;
  #last = null;

  /**
   * @param {HTMLElement} element
   * @param {(key: string, facts?: object) => string} say
   * @param {Record<string, Function>} actions
   */
  constructor(element, say, actions) {
    this.#actions = actions;
    this.stage = createStage(say);
    this.stage.whenBlocked((blocked) => {
      this.#blocked = blocked;
      this.#renderNotice();
    });
    this.chat = createChat(say, {
      send: actions.send,
      close: () => this.#toggle('chat'),
      onUnread: (count) => this.#bar.unread(count),
    });
    this.#devices = createDevices(say, {
      kinds: this.stage.canChooseSpeaker ? ['audio', 'camera', 'speaker'] : ['audio', 'camera'],
      list: actions.devices,
      current: (kind) => (kind === 'speaker' ? null : actions.currentDevice(kind)),
      choose: (kind, id) => (kind === 'speaker' ? void this.stage.speaker(id) : actions.chooseDevice(kind, id)),
      close: () => this.#toggle('devices'),
    });
    this.#bar = createBar(say, {
      microphone: actions.microphone,
      camera: actions.camera,
      share: actions.share,
      soundOnly: actions.soundOnly,
      chat: () => this.#toggle('chat'),
      devices: () => this.#toggle('devices'),
    });
    const buttons = h(
      'div',
      { class: 'controls on-stage', role: 'group', 'aria-label': say('controls') },
      ...this.#bar.elements,
    );
    this.stage.root.append(this.chat.root, this.#devices.root);
    this.#root = h('div', { class: 'vd' }, this.stage.root, buttons);
    // The stylesheet applies inside this class only.
    element.classList.add('plugin-panel');
    element.append(this.#root);
  }

  /** Says something for a moment. */
  remark(key) {
    this.#remark = key;
    clearTimeout(this.#remarkTimer);
    this.#remarkTimer = setTimeout(() => this.remark(null), REMARK_MS);
    if (key === null) clearTimeout(this.#remarkTimer);
    this.#renderNotice();
    void this.#devices.refresh();
  }

  update(state) {
    this.#last = state;
    const { connection, theirs, sharing, soundOnly, microphoneOn, cameraOn, hasMicrophone, isSeen } = state;
    const isLive = connection === 'connected' || connection === 'reconnecting';
    const hasPicture = isLive && theirs.camera && !soundOnly;
    this.#bar.update({ microphoneOn, cameraOn: cameraOn && !soundOnly, sharing, soundOnly });
    this.stage.status(statusKey(state), connection === 'connected' && !state.away);
    this.stage.update({
      isLive,
      theirs: isLive ? theirTag(theirs) : null,
      hasPicture,
      sharing: isLive && theirs.sharing,
      microphoneOn: microphoneOn && hasMicrophone,
      isSeen,
    });
    this.#renderNotice();
  }

  remove() {
    clearTimeout(this.#remarkTimer);
    this.#root.remove();
  }

  #toggle(name) {
    const was = this.#open;
    this.#open = was === name ? null : name;
    const panels = { chat: this.chat, devices: this.#devices };
    for (const [key, panel] of Object.entries(panels)) {
      void panel.toggle(key === this.#open);
      this.#bar.expand(key, key === this.#open);
    }
    if (was === name) this.#bar.focus(name);
  }

  /** One notice at a time, the most pressing first. */
  #renderNotice() {
    const state = this.#last;
    if (!state || state.connection === 'closed') return this.stage.notice(null);
    if (this.#blocked)
      return this.stage.notice({ key: 'playWhy', action: 'play', run: () => this.stage.playAfterTap() });
    if (state.weak) return this.stage.notice({ key: 'weak', action: 'picturesOn', run: this.#actions.soundOnly });
    if (this.#remark) return this.stage.notice({ key: this.#remark });
    if (state.complaint) {
      return this.stage.notice({ key: state.complaint, action: 'tryDevices', run: this.#actions.tryDevices });
    }
    if (state.theirs.soundOnly && state.connection === 'connected') return this.stage.notice({ key: 'theyAskedSound' });
    return this.stage.notice(state.sharing ? { key: 'sharing' } : null);
  }
}

function statusKey({ connection, situation, away }) {
  if (connection === 'closed') return situation;
  if (connection === 'waiting') return situation === 'left' ? 'left' : 'waiting';
  if (away && connection !== 'connected') return 'away';
  return connection;
}

function theirTag(theirs) {
  if (theirs.soundOnly) return 'theySound';
  if (!theirs.microphone) return 'theyMuted';
  return theirs.camera ? null : 'theyHidden';
}
