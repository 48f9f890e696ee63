import { chosenDevices } from './devices.js';
import { phoneFallback } from './fallback.js';

/**
 * The room page: mounts the video provider's meeting, shows its state in words, and offers the phone when it fails. Each mount and each
 * reconnect asks the server for a ticket; the server decides who is still in.
 */
const root = document.querySelector('[data-room]');
const stage = root.querySelector('[data-meeting]');
const stateTag = root.querySelector('[data-state]');
const fallback = phoneFallback(root);
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;
let meeting;
let mounting = false;

/** The server says no: the page behind `data-out` tells why, in kind words. */
class Refused extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`ticket refused: ${status}`);
    this.status = status;
  }
}

async function ticket() {
  const answer = await fetch(root.dataset.ticket, {
    method: 'POST',
    redirect: 'manual',
    cache: 'no-store',
    headers: {
      Accept: 'application/json',
      'X-CSRF-Token': document.querySelector('meta[name="csrf-token"]').content,
    },
  });
  if (answer.ok) return answer.json();
  if (answer.status === 404 || answer.status === 409) throw new Refused(answer.status);
  throw new Error(`no ticket: ${answer.status}`);
}

const withDevices = (config) => ({ ...config, devices: chosenDevices() });

const hooks = {
  async freshTicket() {
    try {
      return withDevices((await ticket()).config);
    } catch (error) {
      if (error instanceof Refused) goOut();
      throw error;
    }
  },
  state: show,
  leave(reason) {
    if (reason === 'replaced') document.body.dispatchEvent(new CustomEvent('alcove:tab-elsewhere'));
    else if (reason) goOut();
    else root.querySelector('[data-leave]').requestSubmit();
  },
  labels: { other: root.querySelector('.room-head b').textContent },
};

async function mount() {
  if (meeting || mounting) return;
  mounting = true;
  show({ connection: 'connecting' });
  for (let pause = FIRST_PAUSE_MS; mounting && !meeting; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      const { module, stylesheet, config } = await ticket();
      if (stylesheet) dress(stylesheet);
      const video = await import(module);
      if (mounting) meeting = video.mount(stage, withDevices(config), hooks);
    } catch (error) {
      if (error instanceof Refused) {
        goOut();
        return;
      }
      fallback.failed();
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  mounting = false;
}

function dress(address) {
  if ([...document.styleSheets].some(({ href }) => href === new URL(address, location.href).href)) return;
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = address;
  document.head.append(link);
}

function unmount() {
  mounting = false;
  meeting?.destroy();
  meeting = undefined;
}

function goOut() {
  unmount();
  location.assign(root.dataset.out);
}

/** @param {{ connection: string, quality?: string }} state */
function show({ connection, quality }) {
  const word = stateTag.dataset[connection === 'connected' && quality ? quality : connection];
  if (stateTag.textContent !== word) stateTag.textContent = word;
  fallback.state(connection);
}

function tick() {
  const seconds = Math.max(0, Math.floor((Date.now() - new Date(root.dataset.since).getTime()) / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const pad = (number) => String(number).padStart(2, '0');
  root.querySelector('[data-timer]').textContent = hours
    ? `${hours}:${pad(minutes)}:${pad(rest)}`
    : `${minutes}:${pad(rest)}`;
}

document.body.addEventListener('alcove:tab-here', mount);
document.body.addEventListener('alcove:tab-elsewhere', () => {
  unmount();
  root.querySelector('[data-tab-elsewhere]').hidden = false;
  show({ connection: 'closed' });
});
root.querySelector('[data-again]').addEventListener('click', () => {
  unmount();
  return mount();
});
root.querySelector('[data-leave]').addEventListener('submit', unmount);

const endForm = root.querySelector('[data-end]');
const dialog = root.querySelector('[data-end-dialog]');
endForm?.addEventListener('submit', (event) => {
  event.preventDefault();
  dialog.showModal();
});
dialog?.querySelector('[data-end-cancel]').addEventListener('click', () => dialog.close());
dialog?.addEventListener('submit', unmount);

// Nobody moves the mouse while they talk: an idle session ends the page's signals, not the call. One that was ended closes the meeting.
document.body.addEventListener('alcove:signed-out', (event) => {
  if (meeting) event.preventDefault();
});

// The client's own state: put back, removed or ended is told by the server, whatever the video connection says.
if (root.dataset.status) {
  document.body.addEventListener(root.dataset.liveEvent, async () => {
    const answer = await fetch(root.dataset.status, { cache: 'no-store', headers: { Accept: 'application/json' } });
    if (answer.status === 404 || (answer.ok && (await answer.json()).state !== 'admitted')) goOut();
  });
}

tick();
setInterval(tick, 1_000);
