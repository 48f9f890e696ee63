const BANNED: readonly (readonly [RegExp, string])[] = [
  [/\.\s*(inner|outer)HTML\b|\[\s*['"`](inner|outer)HTML/, 'raw HTML sink'],
  [/\binsertAdjacentHTML\b|\bsetHTMLUnsafe\b|\bcreateContextualFragment\b|\bsrcdoc\b/, 'raw HTML sink'],
  [/\bdocument\s*\.\s*write(ln)?\b/, 'document.write'],
  [/\beval\s*\(|\bnew\s+Function\b|\bFunction\s*\(|\bset(Timeout|Interval)\s*\(\s*['"`]/, 'text that becomes code'],
  [/\.on[a-z]+\s*=(?!=)/, 'event property: use addEventListener'],
  [/\bsetAttribute\s*\(\s*['"`](on[a-z]+|style)['"`]/, 'event or style attribute'],
  [/['"`](https?:|wss?:)?\/\/[a-z0-9]/i, 'address outside this server'],
  [/\bdocument\s*\.\s*cookie\b/, 'document.cookie'],
  [/\b(indexedDB|caches)\b/, 'storage in the browser'],
  [/\bconsole\s*\./, 'console'],
  [/(?<![.\w])(alert|confirm|prompt)\s*\(/, 'dialog of the browser'],
  [/\bstun:|\bturns?:[a-z]/, 'address of a relay: the server names them'],
];

/** What a browser stores may outlive the session, so only settings that say nothing about anybody are there: single keys, devices. */
const MAY_STORE = ['platform/assets/web/shortcuts.js', 'features/encounters/assets/devices.js'];

/** Turns answers of this server into elements; the one reviewed place beside htmx. */
const MAY_PARSE = ['features/encounters/assets/part.js'];

/** Finds what a browser module may not do. One line per fault. */
export function lintScript(file: string, source: string): string[] {
  // The name of the SVG vocabulary looks like an address and is never fetched.
  const code = withoutComments(source).replaceAll('http://www.w3.org/2000/svg', 'svg');
  const faults = BANNED.filter(([pattern]) => pattern.test(code)).map(([, why]) => `${file}: ${why}`);
  const beyond = (pattern: RegExp, allowed: readonly string[]) =>
    pattern.test(code) && !allowed.some((name) => file.endsWith(name));
  if (beyond(/\b(local|session)Storage\b/, MAY_STORE)) faults.push(`${file}: storage in the browser`);
  if (beyond(/\bDOMParser\b/, MAY_PARSE)) faults.push(`${file}: raw HTML sink`);
  return faults;
}

/** Finds addresses in a stylesheet that leave this server. */
export function lintStyles(file: string, source: string): string[] {
  const code = source.replaceAll(/\/\*[^]*?\*\//g, '');
  const faults: string[] = [];
  if (/@import\b/i.test(code)) faults.push(`${file}: @import`);
  if (/(url\(\s*|src:\s*|image-set\(\s*)['"]?\s*(https?:)?\/\//i.test(code))
    faults.push(`${file}: address outside this server`);
  if (/\bexpression\s*\(|-moz-binding|(?<![-\w])behavior\s*:/i.test(code))
    faults.push(`${file}: text that becomes code`);
  return faults;
}

const withoutComments = (source: string): string =>
  source.replaceAll(/\/\*[^]*?\*\//g, '').replaceAll(/(^|[^:'"`\\])\/\/.*$/gm, '$1');
