/**
 * Times at the door in the reader's own zone: the server writes them in the zone of the appointment, with its name; a browser that runs
 * this knows better. `data-local` is `time` or `full`; `data-ticking` follows the clock.
 */
const language = document.documentElement.lang || undefined;
const FORMATS = {
  time: { timeStyle: 'short' },
  full: { weekday: 'long', month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short' },
};
const formatters = new Map(
  Object.entries(FORMATS).map(([style, options]) => [style, new Intl.DateTimeFormat(language, options)]),
);

/** @param {ParentNode} root */
export function localTimes(root) {
  for (const element of root.querySelectorAll('time[data-local]')) {
    const at = new Date(element.dateTime);
    const format = formatters.get(element.dataset.local);
    if (format && !Number.isNaN(at.getTime())) setText(element, format.format(at));
  }
}

/** Writes only what changed, so that nothing is announced for nothing. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tick() {
  for (const element of document.querySelectorAll('time[data-ticking]')) {
    const now = new Date();
    element.dateTime = now.toISOString();
    setText(element, formatters.get('time').format(now));
  }
}

localTimes(document);
document.body.addEventListener('alcove:part', (event) => localTimes(event.target));
if (document.querySelector('time[data-ticking]')) setInterval(tick, 5_000);
