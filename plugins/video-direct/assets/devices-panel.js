/** Choosing microphone, camera and speaker. */
import { h, icon } from './dom.js';

/**
 * @param {(key: string, facts?: object) => string} say
 * @param {{ list: () => Promise<Record<string, MediaDeviceInfo[]>>, current: (kind: string) => string | null,
 *   choose: (kind: string, deviceId: string) => void, kinds: string[], close: () => void }} actions
 */
export function createDevices(say, actions) {
  const names = { audio: 'microphone', camera: 'camera', speaker: 'speaker' };
  const selects = Object.fromEntries(
    actions.kinds.map((kind) => {
      const select = h('select', { class: 'form-select', id: `vd-device-${kind}` });
      select.addEventListener('change', () => actions.choose(kind, select.value));
      return [kind, select];
    }),
  );
  const fields = Object.entries(selects).map(([kind, select]) =>
    h('div', {}, h('label', { class: 'form-label', for: select.id }, say(names[kind])), select),
  );
  const close = h('button', { type: 'button', class: 'btn btn-text btn-small', 'aria-label': say('close') }, icon('x'));
  const head = h('div', { class: 'vd-panel-head' }, h('h2', {}, say('devices')), close);
  const root = h('section', { class: 'vd-panel', 'aria-label': say('devices'), hidden: true }, head, ...fields);
  close.addEventListener('click', actions.close);
  root.addEventListener('keydown', (event) => event.key === 'Escape' && actions.close());

  const refresh = async () => {
    const devices = await actions.list();
    for (const [kind, select] of Object.entries(selects)) {
      const options = devices[kind].map((device, index) => {
        const option = h('option', { value: device.deviceId });
        option.textContent = device.label || say('unnamedDevice', { number: index + 1 });
        return option;
      });
      select.replaceChildren(...options);
      select.disabled = options.length === 0;
      const current = actions.current(kind);
      if (current !== null) select.value = current;
    }
  };

  return {
    root,
    /** Lists the devices again when the panel is open. */
    refresh: () => (root.hidden ? Promise.resolve() : refresh()),
    async toggle(open) {
      root.hidden = !open;
      if (!open) return;
      await refresh();
      Object.values(selects)[0].focus();
    },
  };
}
