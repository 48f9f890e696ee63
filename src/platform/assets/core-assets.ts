import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readFolder } from './asset-tree.js';
import { packageFile } from './package-file.js';
import { joinStyles } from './stylesheet.js';

const FONTS = {
  'hanken-grotesk': '@fontsource-variable/hanken-grotesk',
  newsreader: '@fontsource-variable/newsreader',
} as const;

/** Our own layers in order, after Tabler; each is a file in `styles/`. */
const LAYERS = ['tokens', 'base', 'parts', 'shell', 'pages', 'helpers'] as const;

export const readTabler = (): string =>
  readFileSync(packageFile('@tabler/core', 'dist/css/tabler.min.css'), 'utf8').replace(
    /\/\*# sourceMappingURL=.*?\*\//,
    '',
  );

/**
 * Collects what the core serves from its sources at `src`: modules and pictures of `platform/assets/web` at the top, of a feature
 * under its name, fonts, htmx, the WebAuthn library, and the joined stylesheet. A feature may add `pages/*.css` to the layer of pages.
 *
 * @param tabler Tabler's stylesheet, whole or already cut
 */
export function collectCoreAssets(src: string, tabler: string): Map<string, Buffer> {
  const contents = readFolder(path.join(src, 'platform/assets/web'));
  for (const feature of featuresOf(src))
    for (const [name, body] of readFolder(path.join(src, 'features', feature, 'assets'), `${feature}/`))
      contents.set(name, body);
  for (const [font, name] of Object.entries(FONTS))
    for (const part of ['latin', 'latin-ext']) {
      const file = `${font}-${part}-wght-normal.woff2`;
      contents.set(`fonts/${file}`, readFileSync(packageFile(name, `files/${file}`)));
    }
  contents.set('htmx.min.js', htmx());
  contents.set('access/webauthn.js', webauthn());
  contents.set('alcove.css', Buffer.from(joinStyles([{ layer: 'tabler', css: tabler }, ...ownStyles(src)])));
  return contents;
}

/** The layers that are ours, as written. */
export function ownStyles(src: string): { layer: string; css: string }[] {
  const styles = path.join(src, 'platform/assets/styles');
  const layers = LAYERS.map((layer) => ({ layer, css: readFileSync(path.join(styles, `${layer}.css`), 'utf8') }));
  const pages = featuresOf(src).flatMap((feature) => {
    const folder = path.join(src, 'features', feature, 'pages');
    const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.css')) : [];
    return files.sort().map((file) => ({ layer: 'pages', css: readFileSync(path.join(folder, file), 'utf8') }));
  });
  return [...layers, ...pages];
}

/** htmx without the line that asks for a map we do not serve. */
const htmx = (): Buffer =>
  Buffer.from(
    readFileSync(packageFile('htmx.org', 'dist/htmx.min.js'), 'utf8').replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n'),
  );

/** What our module takes from the WebAuthn library, whose bundle leaves everything in one global. */
const WEBAUTHN_PARTS = [
  'browserSupportsWebAuthn',
  'browserSupportsWebAuthnAutofill',
  'startAuthentication',
  'startRegistration',
];

/** The WebAuthn library as one ES module. */
const webauthn = (): Buffer =>
  Buffer.concat([
    Buffer.from('/* @simplewebauthn/browser, MIT License, Copyright (c) Matthew Miller */\n'),
    readFileSync(packageFile('@simplewebauthn/browser', 'dist/bundle/index.umd.min.js')),
    Buffer.from(`\nexport const { ${WEBAUTHN_PARTS.join(', ')} } = globalThis.SimpleWebAuthnBrowser;\n`),
  ]);

const featuresOf = (src: string): string[] => {
  const dir = path.join(src, 'features');
  return existsSync(dir) ? readdirSync(dir).sort() : [];
};
