/** Longest time without a connection before the phone is offered: the promise is fifteen seconds on both sides. */
const PATIENCE_MS = 12_000;
/** Nobody is missed in these. */
const CALM = new Set(['connected', 'closed']);

/** The banner with the phone numbers: shown at a failure or after twelve seconds without the other side, gone when connected. */
export function phoneFallback(root) {
  const banner = root.querySelector('[data-fallback]');
  let timer;
  let last;

  const expected = () => {
    const people = root.querySelector('[data-inside]');
    // The clinician alone in the room misses nobody until somebody was admitted.
    return !people || Number(people.dataset.inside) > 0;
  };
  const open = () => {
    const phones = banner.querySelector('[data-fallback-phones]');
    if (phones) {
      // Those in the drawer: what the banner showed the last time are copies.
      const originals = [...root.querySelectorAll('a[data-call-back]')].filter((link) => !banner.contains(link));
      const links = originals.map((link) => link.cloneNode(true));
      phones.replaceChildren(...links.flatMap((link) => [link, document.createTextNode(' ')]));
    }
    banner.hidden = false;
  };
  const late = () => {
    timer = undefined;
    if (expected()) open();
    else timer = setTimeout(late, PATIENCE_MS);
  };

  return {
    failed: open,
    state(connection) {
      if (connection === 'failed') open();
      if (CALM.has(connection)) {
        clearTimeout(timer);
        timer = undefined;
        banner.hidden = true;
      } else if (timer === undefined || (last === 'connected' && connection !== last)) {
        clearTimeout(timer);
        timer = setTimeout(late, PATIENCE_MS);
      }
      last = connection;
    },
  };
}
