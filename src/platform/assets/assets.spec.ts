import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { assetTree } from './asset-tree.js';
import { assetsHandler } from './assets-handler.js';
import { Assets } from './assets.js';
import { createAssets } from './assets.module.js';
import { scopePluginStyles } from './stylesheet.js';

const tree = (files: Record<string, string>) =>
  assetTree(new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)] as const)));
const script = `export const answer = 42; ${'// padding '.repeat(200)}`;
const home = mkdtempSync(path.join(tmpdir(), 'assets-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

function pluginDir(name: string, files: Record<string, string>): string {
  const dir = path.join(home, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    writeFileSync(path.join(dir, file), text);
  }
  return dir;
}

describe('Assets', () => {
  let assets: Assets;
  beforeEach(() => {
    assets = new Assets(tree({ 'encounters/room.js': script, 'icon.svg': '<svg/>' }));
  });
  const server = () => express().use(assetsHandler(assets), (_, response) => void response.status(418).end());

  it('gives addresses that change with any byte of any file', () => {
    const other = new Assets(tree({ 'encounters/room.js': script, 'icon.svg': '<svg />' }));
    expect(assets.url('encounters/room.js')).toMatch(/^\/assets\/core\/[\w-]{16}\/encounters\/room\.js$/);
    expect(other.url('encounters/room.js')).not.toBe(assets.url('encounters/room.js'));
    expect(() => assets.url('encounters/gone.js')).toThrow(/no asset encounters\/gone\.js/);
  });

  it('serves them for a year with their type, packed where the browser can', async () => {
    const answer = await request(server())
      .get(assets.url('encounters/room.js'))
      .set('Accept-Encoding', 'gzip, br')
      .buffer();
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-encoding': 'br',
      vary: 'Accept-Encoding',
    });
    expect(answer.text).toBe(script);
    const plain = await request(server()).get(assets.url('encounters/room.js')).set('Accept-Encoding', 'identity');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.text).toBe(script);
    expect((await request(server()).head(assets.url('icon.svg'))).status).toBe(200);
  });

  it.each([
    '/assets/core/AAAAAAAAAAAAAAAA/encounters/room.js',
    '/assets/core/DIGEST/../../package.json',
    '/assets/core/DIGEST/%2e%2e/%2e%2e/package.json',
    '/assets/core/DIGEST/encounters/../icon.svg',
    '/assets/core/DIGEST/__proto__',
    '/assets/core/DIGEST/',
    '/assets/__proto__/DIGEST/icon.svg',
    '/assets/other/DIGEST/icon.svg',
    '/assets/core/DIGEST/icon.svg%00.js',
  ])('answers 404 that nobody keeps for %s', async (address) => {
    const url = address.replace('DIGEST', assets.digest);
    const answer = await new Promise<{ status: number; cache: unknown }>((resolve, reject) => {
      const app = server().listen(0, '127.0.0.1', () => {
        const { port } = app.address() as { port: number };
        // Plain HTTP, because supertest would tidy the path before it is sent.
        get({ host: '127.0.0.1', port, path: url }, (response) => {
          response.resume();
          app.close(() => resolve({ status: response.statusCode ?? 0, cache: response.headers['cache-control'] }));
        }).on('error', reject);
      });
    });
    expect(answer).toEqual({ status: 404, cache: 'no-store' });
  });

  it('leaves other paths alone and takes nothing but GET', async () => {
    expect((await request(server()).get('/today')).status).toBe(418);
    expect((await request(server()).post(assets.url('icon.svg'))).status).toBe(405);
  });

  it('serves plugins under their own digest, styles wrapped so that they stay in their panels', async () => {
    const dir = pluginDir('video', { 'call.js': 'export {};', 'call.css': '@charset "utf-8"; body { color: red }' });
    assets.register('video-direct', dir);
    const answer = await request(server()).get(assets.urlOf('video-direct', 'call.css'));
    expect(answer.text).toMatch(/@layer plugins \{\s*@scope \(\.plugin-panel\) \{\s*body \{ color: red \}\s*\}\s*\}/);
    expect(answer.text).not.toContain('@charset');
    assets.unregister('video-direct');
    expect(() => assets.urlOf('video-direct', 'call.css')).toThrow();
  });

  it('refuses what a plugin may not serve', () => {
    expect(() => assets.register('core', home)).toThrow(/cannot own/);
    expect(() => assets.register('../x', home)).toThrow(/cannot own/);
    expect(() => assets.register('bad', pluginDir('bad', { 'page.html': '<script>' }))).toThrow(
      /page\.html.*not served/,
    );
    expect(() =>
      assets.register('out', pluginDir('out', { 'x.css': '}} body { display: none } @layer a { @scope {' })),
    ).toThrow(/do not match/);
  });

  it('follows no links out of the folder', () => {
    const dir = pluginDir('link', { 'a.js': 'export {};' });
    writeFileSync(path.join(home, 'secret.txt'), 'key');
    symlinkSync(path.join(home, 'secret.txt'), path.join(dir, 'leak.txt'));
    assets.register('link', dir);
    expect(() => assets.urlOf('link', 'leak.txt')).toThrow();
  });
});

describe('scopePluginStyles', () => {
  it.each(['a { b: c } }', 'a {', '/* open', 'a { content: "open', "a { content: 'x\n' }"])('refuses %j', (css) => {
    expect(() => scopePluginStyles(css, 'x.css')).toThrow(/do not match/);
  });
  it.each(['a { content: "}" }', 'a { content: "\\"}" }', '/* } */ a { b: c }', ''])('accepts %j', (css) => {
    expect(scopePluginStyles(css, 'x.css')).toContain(css);
  });
});

describe('the core without a build', () => {
  it('has the joined stylesheet, fonts, htmx and the modules of pages', async () => {
    const assets = await createAssets();
    for (const name of ['alcove.css', 'htmx.min.js', 'app.js', 'icon.svg', 'fonts/newsreader-latin-wght-normal.woff2'])
      expect(assets.url(name)).toContain(name);
    const css = assets.find('core', assets.digest, 'alcove.css')?.body.toString() ?? '';
    expect(css).toMatch(/^@layer tabler, tokens, base, parts, shell, pages, plugins, helpers;/);
    expect(css).not.toMatch(/@charset|@import|sourceMappingURL|url\(["']?(https?:)?\/\//);
    for (const [, file = ''] of css.matchAll(/url\(["']?\.\/([^"')]+)/g)) expect(assets.url(file)).toBeTruthy();
  });
});
