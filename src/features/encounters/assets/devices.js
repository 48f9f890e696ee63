/** What was chosen at the device check, for this tab only: the room starts with it. Device ids mean nothing outside this site. */
const KEY = 'alcove-devices';

/** @returns {{ camera: string | null, microphone: string | null, withoutCamera: boolean }} */
export function chosenDevices() {
  const none = { camera: null, microphone: null, withoutCamera: false };
  const stored = sessionStorage.getItem(KEY);
  return stored ? { ...none, ...JSON.parse(stored) } : none;
}

export function chooseDevices(change) {
  sessionStorage.setItem(KEY, JSON.stringify({ ...chosenDevices(), ...change }));
}
