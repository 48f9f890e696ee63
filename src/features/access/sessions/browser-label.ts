/** Browsers by the mark that tells them apart, most specific first: most of them claim to be several. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bOPR\//, 'Opera'],
  [/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/[\d.]+.*\bSafari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

const find = (list: readonly (readonly [RegExp, string])[], text: string): string =>
  list.find(([mark]) => mark.test(text))?.[1] ?? '';

/** `Firefox/Linux` out of a User-Agent header: enough to recognise one's own devices, too little to follow anybody. */
export function browserLabel(userAgent: string | undefined): string {
  const text = (userAgent ?? '').slice(0, 400);
  return `${find(BROWSERS, text)}/${find(SYSTEMS, text)}`;
}
