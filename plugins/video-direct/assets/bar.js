/** The buttons: microphone, camera, share, chat, devices, sound only. Plain buttons, so that every keyboard works. */
import { h, icon, setIcon } from './dom.js';

/**
 * @param {(key: string, facts?: object) => string} say
 * @param {Record<string, () => void>} actions by button name
 */
export function createBar(say, actions) {
  const button = (name, label, outline, attributes = {}) => {
    const picture = icon(outline);
    const words = h('span', {}, say(label));
    const element = h('button', { type: 'button', class: 'ctl', 'data-vd': name, ...attributes }, picture, words);
    element.addEventListener('click', actions[name]);
    return { element, picture, words };
  };
  const buttons = {
    microphone: button('microphone', 'mute', 'microphone', { 'aria-pressed': 'false' }),
    camera: button('camera', 'stopVideo', 'video', { 'aria-pressed': 'false' }),
    share: button('share', 'share', 'screen-share', { 'aria-pressed': 'false' }),
    chat: button('chat', 'chat', 'message-2', { 'aria-expanded': 'false' }),
    devices: button('devices', 'devices', 'headphones', { 'aria-expanded': 'false' }),
    soundOnly: button('soundOnly', 'soundOnly', 'ear', { 'aria-pressed': 'false' }),
  };
  // Phones cannot share their screen from a page.
  buttons.share.element.hidden = typeof navigator.mediaDevices?.getDisplayMedia !== 'function';
  const elements = Object.values(buttons).map((item) => item.element);
  const press = (name, on) => buttons[name].element.setAttribute('aria-pressed', String(on));

  return {
    elements,
    focus: (name) => buttons[name].element.focus(),
    expand: (name, on) => buttons[name].element.setAttribute('aria-expanded', String(on)),
    unread(count) {
      buttons.chat.words.textContent = count ? say('chatUnread', { count }) : say('chat');
      buttons.chat.element.classList.toggle('vd-unread', count > 0);
    },
    update({ microphoneOn, cameraOn, sharing, soundOnly }) {
      press('microphone', !microphoneOn);
      press('camera', !cameraOn);
      press('share', sharing);
      press('soundOnly', soundOnly);
      setIcon(buttons.microphone.picture, microphoneOn ? 'microphone' : 'microphone-off');
      setIcon(buttons.camera.picture, cameraOn ? 'video' : 'video-off');
    },
  };
}
