/** The picture area: the other person, a shared screen, the own picture, one status line and one notice. */
import { h } from './dom.js';

const video = (attributes) => h('video', { autoplay: true, playsinline: true, ...attributes });

/** @param {(key: string) => string} say */
export function createStage(say) {
  const person = video({ class: 'vd-person', 'aria-label': say('theirVideo') });
  const screen = video({ class: 'vd-screen', 'aria-label': say('theirScreen'), hidden: true });
  const self = video({ class: 'vd-self', 'aria-label': say('yourVideo'), muted: true, hidden: true });
  // Sound has an element of its own: it must play while there is no picture. The attribute does not mute what script makes.
  const sound = h('audio', { autoplay: true });
  for (const picture of [person, screen, self]) picture.muted = true;
  const name = h('p', { class: 'voice vd-name', hidden: true }, say('name'));
  const status = h('p', { class: 'vd-status', role: 'status' });
  const theirs = h('p', { class: 'tag vd-theirs', hidden: true });
  const yours = h('span', { class: 'tag' }, say('you'));
  const words = h('p', { class: 'row-main' });
  const action = h('button', { type: 'button', class: 'btn btn-quiet btn-small', hidden: true });
  const notice = h('div', { class: 'notice vd-notice', role: 'status', hidden: true }, words, action);
  const root = h(
    'div',
    { class: 'remote vd-stage' },
    sound,
    screen,
    person,
    name,
    status,
    theirs,
    h('div', { class: 'selfview' }, self, yours),
    notice,
  );
  let onAction = null;
  let onBlocked = null;
  action.addEventListener('click', () => onAction?.());

  const show = (element, tracks) => {
    const present = tracks.filter((track) => track !== null);
    element.srcObject = present.length ? new MediaStream(present) : null;
  };
  const playOne = async (element) => {
    try {
      await element.play();
    } catch (error) {
      // An element that is given something newer meanwhile answers AbortError; only a refusal needs a tap.
      if (error.name === 'NotAllowedError') onBlocked?.(true);
    }
  };
  // Not awaited: a picture that has not begun keeps its promise open, and sound must not wait for it.
  const play = () => {
    for (const element of [sound, person, screen]) if (element.srcObject) void playOne(element);
  };

  return {
    root,
    /** Called with true when the browser wants a tap before it plays, with false when it was tapped. */
    whenBlocked: (listener) => (onBlocked = listener),
    playAfterTap() {
      onBlocked?.(false);
      play();
    },
    showRemote({ audio, camera, screen: shared }) {
      show(sound, [audio]);
      show(person, [camera]);
      show(screen, [shared]);
      play();
    },
    clearRemote() {
      for (const element of [sound, person, screen]) show(element, []);
    },
    showSelf(track) {
      show(self, [track]);
      self.hidden = !track;
    },
    speaker: (deviceId) => sound.setSinkId(deviceId),
    canChooseSpeaker: typeof sound.setSinkId === 'function',
    /** The sentence in the middle; `quiet` says it to screen readers only, because the picture says it to the others. */
    status(key, quiet) {
      const text = say(key);
      if (status.textContent !== text) status.textContent = text;
      status.classList.toggle('visually-hidden', quiet);
    },
    update({ isLive, theirs: their, hasPicture, sharing, microphoneOn, isSeen }) {
      name.hidden = !isLive || hasPicture || sharing;
      screen.hidden = !sharing;
      root.classList.toggle('vd-sharing', sharing);
      person.classList.toggle('vd-no-picture', !hasPicture);
      theirs.textContent = their ? say(their) : '';
      theirs.hidden = !their;
      yours.textContent = say(!microphoneOn ? 'youMuted' : isSeen ? 'you' : 'youHidden');
    },
    /** @param {{ key: string, action?: string, run?: () => void } | null} message */
    notice(message) {
      notice.hidden = !message;
      const text = message ? say(message.key) : '';
      if (words.textContent !== text) words.textContent = text;
      action.hidden = !message?.action;
      if (message?.action) action.textContent = say(message.action);
      onAction = message?.run ?? null;
    },
  };
}
