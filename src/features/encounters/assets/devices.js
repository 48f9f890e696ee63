/**
 * What was chosen at the device check: the room starts with it, and so does the next session on this device. Device ids are made by the
 * browser for this site alone and say nothing about anybody.
 */
const KEY = 'alcove-devices';

/** @returns {{ camera: string | null, microphone: string | null, withoutCamera: boolean }} */
export function chosenDevices() {
  const none = { camera: null, microphone: null, withoutCamera: false };
  const stored = localStorage.getItem(KEY);
  return stored ? { ...none, ...JSON.parse(stored) } : none;
}

export function chooseDevices(change) {
  localStorage.setItem(KEY, JSON.stringify({ ...chosenDevices(), ...change }));
}
