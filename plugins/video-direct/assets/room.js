/** Entry point of the meeting: `mount` puts the parts together. The page around it is the core's. */
import { Meeting } from './meeting.js';

/**
 * Draws the meeting inside `element` and joins it.
 *
 * `config.devices`, optional, says what the person chose before: `{ microphone, camera, withoutCamera }`.
 * `hooks.freshTicket()` resolves to a new embed config (or to the whole descriptor) and rejects when there is none: an error with a 4xx
 * `status` means "not any more", everything else is tried again. `hooks.state({ connection, quality, peer })` is called at every change,
 * `hooks.leave(reason)` when the person was put out. `hooks.labels` override single words; `other` is the other person's name.
 *
 * @param {HTMLElement} element
 * @param {{ socket: string, token: string, labels: Record<string, string>, devices?: object }} config
 * @param {object} hooks
 */
export function mount(element, config, hooks) {
  const meeting = new Meeting(element, config, hooks);
  meeting.start();
  return {
    destroy: () => meeting.destroy(),
    toggleMicrophone: () => meeting.toggleMicrophone(),
    toggleCamera: () => meeting.toggleCamera(),
    toggleSoundOnly: () => meeting.toggleSoundOnly(),
  };
}
