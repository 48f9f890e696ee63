/** Small helpers for building the meeting's elements without markup in strings. */

const SVG = 'http://www.w3.org/2000/svg';

// Outlines from Tabler Icons (MIT licence), 24 by 24.
const OUTLINES = {
  microphone: [
    'M9 5a3 3 0 0 1 3 -3a3 3 0 0 1 3 3v5a3 3 0 0 1 -3 3a3 3 0 0 1 -3 -3l0 -5',
    'M5 10a7 7 0 0 0 14 0',
    'M8 21l8 0',
    'M12 17l0 4',
  ],
  'microphone-off': [
    'M3 3l18 18',
    'M9 5a3 3 0 0 1 6 0v5a3 3 0 0 1 -.13 .874m-2 2a3 3 0 0 1 -3.87 -2.872v-1',
    'M5 10a7 7 0 0 0 10.846 5.85m2 -2a6.967 6.967 0 0 0 1.152 -3.85',
    'M8 21l8 0',
    'M12 17l0 4',
  ],
  video: [
    'M15 10l4.553 -2.276a1 1 0 0 1 1.447 .894v6.764a1 1 0 0 1 -1.447 .894l-4.553 -2.276v-4',
    'M3 8a2 2 0 0 1 2 -2h8a2 2 0 0 1 2 2v8a2 2 0 0 1 -2 2h-8a2 2 0 0 1 -2 -2l0 -8',
  ],
  'video-off': [
    'M3 3l18 18',
    'M15 11v-1l4.553 -2.276a1 1 0 0 1 1.447 .894v6.764a1 1 0 0 1 -.675 .946',
    'M10 6h3a2 2 0 0 1 2 2v3m0 4v1a2 2 0 0 1 -2 2h-8a2 2 0 0 1 -2 -2v-8a2 2 0 0 1 2 -2h1',
  ],
  'screen-share': [
    'M21 12v3a1 1 0 0 1 -1 1h-16a1 1 0 0 1 -1 -1v-10a1 1 0 0 1 1 -1h9',
    'M7 20l10 0',
    'M9 16l0 4',
    'M15 16l0 4',
    'M17 4h4v4',
    'M16 9l5 -5',
  ],
  'message-2': [
    'M8 9h8',
    'M8 13h6',
    'M9 18h-3a3 3 0 0 1 -3 -3v-8a3 3 0 0 1 3 -3h12a3 3 0 0 1 3 3v8a3 3 0 0 1 -3 3h-3l-3 3l-3 -3',
  ],
  headphones: [
    'M4 15a2 2 0 0 1 2 -2h1a2 2 0 0 1 2 2v3a2 2 0 0 1 -2 2h-1a2 2 0 0 1 -2 -2l0 -3',
    'M15 15a2 2 0 0 1 2 -2h1a2 2 0 0 1 2 2v3a2 2 0 0 1 -2 2h-1a2 2 0 0 1 -2 -2l0 -3',
    'M4 15v-3a8 8 0 0 1 16 0v3',
  ],
  ear: ['M6 10a7 7 0 1 1 13 3.6a10 10 0 0 1 -2 2a8 8 0 0 0 -2 3a4.5 4.5 0 0 1 -6.8 1.4', 'M10 10a3 3 0 1 1 5 2.2'],
  x: ['M18 6l-12 12', 'M6 6l12 12'],
};

/**
 * An element with attributes and children. `true` sets an empty attribute; `false`, `null` and `undefined` set none.
 *
 * @param {string} tag
 * @param {Record<string, string | boolean | null | undefined>} attributes
 * @param {...(Node | string)} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'string') element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** An outline icon; the words beside it carry the meaning. */
export function icon(name, small = false) {
  const svg = document.createElementNS(SVG, 'svg');
  const attributes = {
    class: small ? 'icon icon-s' : 'icon',
    width: '20',
    height: '20',
    viewBox: '0 0 24 24',
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': '2',
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': 'true',
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  setIcon(svg, name);
  return svg;
}

/** Makes an icon another one. */
export function setIcon(svg, name) {
  const paths = OUTLINES[name].map((outline) => {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', outline);
    return path;
  });
  svg.replaceChildren(...paths);
}

/**
 * Words by key, with `{{facts}}` filled in; `{{other}}` is the other person's name as the page gave it. A missing key shows itself, so
 * that it is noticed.
 */
export function speaker(labels) {
  const always = { other: labels.other || labels.someone };
  return (key, facts = {}) => {
    const known = { ...always, ...facts };
    return (labels[key] ?? key).replace(/\{\{(\w+)\}\}/g, (_, name) => String(known[name] ?? ''));
  };
}
