#!/usr/bin/env node
/**
 * The build of everything that is not TypeScript, after the compiler has filled `dist`: templates as JavaScript, icons, words, and
 * the tree of assets that browsers fetch. Uses the product's own code from `dist`, so that a build and a run from sources agree.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PurgeCSS } from 'purgecss';

const root = path.join(import.meta.dirname, '..');
const src = path.join(root, 'src');
const dist = path.join(root, 'dist');

/** Small helpers of Tabler that stay although no template uses them yet: plugins that are installed later may. */
const KEEP = [
  /^(d|[mp][tbsexy]?|g|gap|fs|fw)-[a-z0-9]+$/,
  /^(align-items|align-self|justify-content|flex|text|ms|me)-[a-z0-9]+$/,
  /^(visually-hidden|badge|btn-group|list-group|progress|table-responsive|placeholder)/,
];

const built = (file) => {
  const target = path.join(dist, file);
  if (!existsSync(target))
    throw new Error(`${target} is missing: compile the sources first ("npm run build" does both)`);
  return import(pathToFileURL(target).href);
};

await buildTemplates();
copyWords();
await buildAssets();

async function buildTemplates() {
  const { coreTemplateFiles } = await built('platform/views/template-files.js');
  const { parseTemplates, precompile } = await built('platform/views/template-compiler.js');
  const { IconSet } = await built('platform/views/icon-set.js');
  const files = coreTemplateFiles(src);
  const entries = [...parseTemplates(files)].map(
    ([{ id, kind }, tree]) =>
      `{ id: ${JSON.stringify(id)}, partial: ${kind === 'partial'}, spec: ${precompile(tree)} }`,
  );
  const out = path.join(dist, 'views');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  writeFileSync(path.join(out, 'templates.js'), `export const templates = [\n${entries.join(',\n')},\n];\n`);
  writeFileSync(path.join(out, 'icons.txt'), IconSet.linesFromPackage());
  // Plugins' pages are compiled where they run and may use the shared partials.
  replaceFolder(path.join(src, 'platform/views/partials'), path.join(dist, 'platform/views/partials'));
}

function copyWords() {
  for (const part of ['platform', 'features'])
    for (const { name } of readdirSync(path.join(src, part), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    ))
      replaceFolder(path.join(src, part, name, 'locales'), path.join(dist, part, name, 'locales'));
}

async function buildAssets() {
  const { collectCoreAssets, readTabler, ownStyles } = await built('platform/assets/core-assets.js');
  const tabler = await cutTabler(readTabler(), ownStyles(src));
  const out = path.join(dist, 'assets/core');
  rmSync(out, { recursive: true, force: true });
  for (const [name, body] of collectCoreAssets(src, tabler)) {
    const file = path.join(out, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, body);
  }
}

/** Tabler without the rules that no template, view model or module can reach. */
async function cutTabler(css, own) {
  const content = ['src/**/*.{hbs,ts,js}', 'plugins/*/{src,views,assets}/**/*.{hbs,ts,js}'].map((glob) =>
    path.join(root, glob).split(path.sep).join('/'),
  );
  const [result] = await new PurgeCSS().purge({
    content,
    css: [{ raw: css }],
    variables: true,
    keyframes: true,
    dynamicAttributes: ['data-bs-theme', 'aria-current', 'aria-pressed', 'popover'],
    safelist: { standard: KEEP, variables: [...ownVariables(own)] },
  });
  return result.css;
}

/** Variables of Tabler that our own layers set or read stay, though no remaining rule of Tabler's may use them. */
function ownVariables(own) {
  return new Set(own.flatMap(({ css }) => css.match(/--tblr-[a-z0-9-]+/g) ?? []));
}

function replaceFolder(from, to) {
  rmSync(to, { recursive: true, force: true });
  if (existsSync(from)) cpSync(from, to, { recursive: true });
}
