/** Written messages between the two pages. They travel over the call itself and are kept nowhere. */
import { h, icon } from './dom.js';

const MAX_LENGTH = 2_000;

/**
 * @param {(key: string, facts?: object) => string} say
 * @param {{ send: (text: string) => boolean, close: () => void, onUnread: (count: number) => void }} actions
 */
export function createChat(say, actions) {
  const list = h('ol', { class: 'bubbles' });
  const log = h('div', { class: 'vd-log', role: 'log', 'aria-label': say('chat'), tabindex: '0' }, list);
  const id = 'vd-chat-field';
  const field = h('input', { class: 'form-control', id, autocomplete: 'off', maxlength: String(MAX_LENGTH) });
  const send = h('button', { type: 'submit', class: 'btn btn-quiet' }, say('chatSend'));
  const off = h('p', { class: 'fine', role: 'status' });
  const label = h('label', { class: 'form-label', for: id }, say('chatField'));
  const form = h('form', { class: 'vd-chat-form' }, label, field, send, off);
  const close = h('button', { type: 'button', class: 'btn btn-text btn-small', 'aria-label': say('close') }, icon('x'));
  const head = h('div', { class: 'vd-panel-head' }, h('h2', {}, say('chat')), close);
  const note = h('p', { class: 'fine' }, say('chatNote'));
  const root = h('section', { class: 'vd-panel', 'aria-label': say('chat'), hidden: true }, head, note, log, form);
  let unread = 0;

  const add = (text, mine) => {
    const who = h('p', { class: 'fine' }, say(mine ? 'you' : 'chatThem'));
    list.append(h('li', mine ? { class: 'mine' } : {}, h('div', { class: 'bubble' }, h('p', {}, text)), who));
    log.scrollTop = log.scrollHeight;
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text === '') return;
    if (!actions.send(text)) {
      // What was typed stays in the field.
      off.textContent = say('chatOff');
      return;
    }
    add(text, true);
    field.value = '';
    off.textContent = '';
  });
  close.addEventListener('click', actions.close);
  root.addEventListener('keydown', (event) => event.key === 'Escape' && actions.close());

  return {
    root,
    receive(text) {
      add(text.slice(0, MAX_LENGTH), false);
      if (!root.hidden) return;
      unread += 1;
      actions.onUnread(unread);
    },
    toggle(open) {
      root.hidden = !open;
      if (!open) return;
      unread = 0;
      actions.onUnread(0);
      field.focus();
    },
  };
}
