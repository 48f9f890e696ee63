import { chooseDevices, chosenDevices } from './devices.js';
import { levelMeter, playTone } from './sound.js';

/** The device check. It helps and never blocks: *Continue* works whatever the camera says. */
const root = document.querySelector('[data-check]');
const words = root.querySelector('[data-words]').dataset;
const part = (name) => document.querySelector(`[data-${name}]`);
const mirror = part('mirror');
const cameraList = part('camera');
const microphoneList = part('microphone');
let stream = new MediaStream();
let meter;

/** Which of the plain words fits the browser's refusal. */
const REASONS = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'none',
  OverconstrainedError: 'none',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

async function open() {
  const { camera, microphone, withoutCamera } = chosenDevices();
  close();
  part('retry-row').hidden = true;
  // Asked for one by one: a missing camera must not take the microphone away.
  const sound = await ask({ audio: microphone ? { deviceId: { ideal: microphone } } : true });
  const picture = withoutCamera ? { off: true } : await ask({ video: camera ? { deviceId: { ideal: camera } } : true });
  stream = new MediaStream([...(sound.tracks ?? []), ...(picture.tracks ?? [])]);
  await show(picture);
  hear(sound);
  help(sound.reason === 'refused' || picture.reason === 'refused');
  part('retry-row').hidden = !(sound.reason || picture.reason);
  part('without-camera').hidden = withoutCamera;
  await listDevices();
}

async function ask(what) {
  if (!navigator.mediaDevices) return { reason: 'none' };
  try {
    return { tracks: (await navigator.mediaDevices.getUserMedia(what)).getTracks() };
  } catch (error) {
    const reason = REASONS[error.name];
    if (!reason) throw error;
    return { reason };
  }
}

async function show(picture) {
  mirror.srcObject = picture.tracks ? new MediaStream(picture.tracks) : null;
  setState(part('camera-state'), picture.off ? 'off' : (picture.reason ?? 'works'));
  if (!picture.tracks) return;
  try {
    await mirror.play();
  } catch (error) {
    // Another device was chosen before this picture came; its own call plays it.
    if (error.name !== 'AbortError') throw error;
  }
}

function hear(sound) {
  const state = part('microphone-state');
  if (!sound.tracks) {
    setState(state, sound.reason);
    state.className = 'chip attend';
    return;
  }
  state.className = 'visually-hidden';
  state.textContent = words.quiet;
  meter = levelMeter(new MediaStream(sound.tracks), part('level'), () => {
    state.textContent = words.hears;
  });
}

function setState(element, state) {
  element.textContent = words[state];
  element.className = state === 'works' ? 'chip well-on' : state === 'off' ? 'chip' : 'chip attend';
}

/** Help for the browser at hand; the rest is behind the question below. */
function help(refused) {
  const box = document.querySelector('[data-help="refused"]');
  box.hidden = !refused;
  const agent = navigator.userAgent;
  const kind = /iPhone|iPad/.test(agent)
    ? 'iphone'
    : /Firefox\//.test(agent)
      ? 'firefox'
      : /Android/.test(agent)
        ? 'android'
        : /Safari\//.test(agent) && !/Chrome|Chromium/.test(agent)
          ? 'safari'
          : 'other';
  for (const text of box.querySelectorAll('[data-help-for]')) text.hidden = text.dataset.helpFor !== kind;
}

async function listDevices() {
  if (!navigator.mediaDevices) return;
  const devices = await navigator.mediaDevices.enumerateDevices();
  fill(
    cameraList,
    devices.filter(({ kind }) => kind === 'videoinput'),
    'camera',
  );
  fill(
    microphoneList,
    devices.filter(({ kind }) => kind === 'audioinput'),
    'microphone',
  );
}

function fill(list, devices, name) {
  const current = stream.getTracks().find(({ kind }) => kind === (name === 'camera' ? 'video' : 'audio'));
  const used = current?.getSettings().deviceId;
  list.replaceChildren(
    ...devices.map(
      ({ deviceId, label }, index) =>
        new Option(label || `${words.unnamed} ${index + 1}`, deviceId, false, deviceId === used),
    ),
  );
  part(`${name}-choice`).hidden = devices.length < 2;
}

function close() {
  meter?.stop();
  meter = undefined;
  for (const track of stream.getTracks()) track.stop();
}

cameraList.addEventListener('change', () => {
  chooseDevices({ camera: cameraList.value });
  return open();
});
microphoneList.addEventListener('change', () => {
  chooseDevices({ microphone: microphoneList.value });
  return open();
});
part('retry').addEventListener('click', () => {
  chooseDevices({ withoutCamera: false });
  return open();
});
part('without-camera').addEventListener('click', () => {
  chooseDevices({ withoutCamera: true });
  return open();
});
part('tone').addEventListener('click', playTone);
// The camera light must go out with the page.
addEventListener('pagehide', close);
// Back from the browser's page cache the tracks are dead.
addEventListener('pageshow', ({ persisted }) => persisted && open());
chooseDevices({ withoutCamera: false });
await open();
