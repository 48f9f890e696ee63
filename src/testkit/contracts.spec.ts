import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { definePlugin, ProviderError, type PluginDefinition, type VideoProvider } from '@alcove/sdk';
import { Controller, Get, Module } from '@nestjs/common';
import { importEffects } from './import-rules.js';
import { pluginContract } from './plugin-contract.js';
import { videoContract } from './video-contract.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'alcove-kit-'));
});
afterAll(() => rmSync(root, { recursive: true }));

type Globals = { describe: unknown; it: unknown };

/** Runs a contract as a test runner would and answers with the names of the tests that failed. */
async function failing(contract: () => void): Promise<string[]> {
  const tests: [string, () => void | Promise<void>][] = [];
  const globals = globalThis as unknown as Globals;
  const real = { describe: globals.describe, it: globals.it };
  Object.assign(globals, {
    describe: (_: string, body: () => void) => body(),
    it: (name: string, body: () => void | Promise<void>) => tests.push([name, body]),
  });
  try {
    contract();
  } finally {
    Object.assign(globals, real);
  }
  const failed: string[] = [];
  for (const [name, body] of tests) {
    try {
      await body();
    } catch (error) {
      failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return failed;
}

interface Plant {
  readonly json?: object;
  readonly manifest?: object;
  readonly definition?: PluginDefinition;
  readonly views?: Readonly<Record<string, string>>;
  readonly load?: () => Promise<{ default: PluginDefinition }>;
}

/** A plugin folder with one thing about it changed; answers with what the contract says. */
async function check({ json = {}, manifest = {}, definition, views = {}, load }: Plant): Promise<string[]> {
  const folder = mkdtempSync(path.join(root, 'p-'));
  const plugin = path.join(folder, 'planted');
  mkdirSync(path.join(plugin, 'views'), { recursive: true });
  mkdirSync(path.join(plugin, 'locales'));
  const alcove = { id: 'planted', title: 'Planted', ui: { panels: ['about'] }, ...manifest };
  const base = {
    name: 'planted',
    type: 'module',
    exports: './index.js',
    peerDependencies: { '@alcove/sdk': '^0.1.0' },
  };
  writeFileSync(path.join(plugin, 'package.json'), JSON.stringify({ ...base, alcove, ...json }));
  writeFileSync(path.join(plugin, 'locales', 'en.json'), JSON.stringify({ about: 'About', text: 'Text' }));
  for (const [name, text] of Object.entries(views)) writeFileSync(path.join(plugin, 'views', name), text);
  const sound = definePlugin({ panels: { about: { title: 'about', render: (context) => context.view('about', {}) } } });
  const entry = load ?? (async () => ({ default: definition ?? sound }));
  return failing(() => pluginContract(pathToFileURL(path.join(plugin, 'contract.spec.ts')).href, entry));
}

describe('the plugin contract', () => {
  it('passes what is sound', async () => {
    expect(await check({ views: { 'about.hbs': '<p>{{t "planted:text"}}</p>' } })).toEqual([]);
  });

  class OpenController {
    open(): string {
      return 'anybody';
    }
  }
  Get('open')(
    OpenController.prototype,
    'open',
    Object.getOwnPropertyDescriptor(OpenController.prototype, 'open') ?? {},
  );
  Controller()(OpenController);
  class OpenModule {}
  Module({ controllers: [OpenController] })(OpenModule);
  const panels = { about: { title: 'about', render: () => ({ html: '' }) } };

  it.each<[string, Plant, RegExp]>([
    ['an unknown key in the manifest', { manifest: { colour: 'red' } }, /package\.json[^]*colour/],
    ['an id that is not the folder', { manifest: { id: 'other' } }, /folder is called/],
    [
      'the SDK among the dependencies',
      { json: { dependencies: { '@alcove/sdk': '1' } } },
      /belongs into peerDependencies/,
    ],
    ['a panel only in the code', { manifest: { ui: {} } }, /ui\.panels: the code has "about"/],
    ['a template that does not parse', { views: { 'about.hbs': '{{#if}' } }, /views[^]*about\.hbs/],
    ['triple braces', { views: { 'about.hbs': '{{{html}}}' } }, /triple braces/],
    ['an inline style', { views: { 'about.hbs': '<p style="color:red">x</p>' } }, /inline script or style/],
    ['words that are not there', { views: { 'about.hbs': '{{t "planted:missing"}}' } }, /there are no words for/],
    [
      'a panel without a title',
      { definition: definePlugin({ panels: { about: { ...panels.about, title: 'nope' } } }) },
      /"nope" is missing/,
    ],
    [
      'a route without a policy',
      { definition: definePlugin({ module: OpenModule, panels }) },
      /OpenController\.open needs @Access/,
    ],
    [
      'a setup that fails',
      { definition: definePlugin({ panels, lifecycle: { setup: () => Promise.reject(new Error('no')) } }) },
      /starts and ends cleanly/,
    ],
  ])('finds %s', async (_, plant, fault) => {
    const failed = await check(plant);
    expect(failed).toHaveLength(1);
    expect(failed[0]).toMatch(fault);
  });

  it('finds side effects of an import', async () => {
    const timer: NodeJS.Timeout[] = [];
    const listener = () => undefined;
    const arrays: object = Array.prototype;
    const effects = await importEffects(async () => {
      timer.push(setInterval(() => undefined, 60_000));
      process.on('SIGTERM', listener);
      Object.defineProperty(arrays, 'last', { value: 1, configurable: true });
    });
    timer.forEach(clearInterval);
    process.off('SIGTERM', listener);
    Reflect.deleteProperty(Array.prototype, 'last');
    expect(effects.sort()).toEqual([
      'importing the plugin changed Array.prototype',
      'importing the plugin changed the listeners of "SIGTERM"',
      'importing the plugin changed what keeps the process alive',
    ]);
    expect(await importEffects(async () => undefined)).toEqual([]);
  });
});

describe('the video contract', () => {
  class MemoryVideo implements VideoProvider {
    readonly features = { maxParticipants: 2, screenShare: true, chat: true };
    protected readonly rooms = new Map<string, 'open' | 'closed'>();
    private issued = 0;
    async openRoom(_: object, { room }: { room: string }) {
      this.rooms.set(room, 'open');
      return { room };
    }
    async admit(_: object, { room }: { room: string }) {
      if (this.rooms.get(room) !== 'open') throw new ProviderError('rejected', 'not open');
      this.issued += 1;
      return { room, token: `${'t'.repeat(40)}${this.issued}`, expiresAt: new Date(Date.now() + 60_000).toISOString() };
    }
    async closeRoom(_: object, { room }: { room: string }) {
      this.rooms.set(room, 'closed');
    }
    async remove() {}
    embed({ token }: { token: string }) {
      return { module: 'room.js', config: { socket: '/p/x/signal', token } };
    }
  }
  const against = (provider: VideoProvider) =>
    failing(() => videoContract(async () => ({ provider, close: async () => undefined })));

  it('passes a sound provider', async () => expect(await against(new MemoryVideo())).toEqual([]));

  it('finds a room that stays open', async () => {
    class Leaky extends MemoryVideo {
      override async closeRoom() {}
    }
    expect(await against(new Leaky())).toEqual([expect.stringMatching(/^closes for good/)]);
  });

  it('finds a token in an address', async () => {
    class Chatty extends MemoryVideo {
      override embed({ token }: { token: string }) {
        return { module: 'room.js', config: { socket: `/p/x/signal?token=${token}`, token } };
      }
    }
    expect(await against(new Chatty())).toEqual([expect.stringMatching(/^keeps the token out/)]);
  });

  it('finds a ticket that is used again', async () => {
    class Lazy extends MemoryVideo {
      override async admit(_: object, { room }: { room: string }) {
        if (this.rooms.get(room) !== 'open') throw new ProviderError('rejected', 'not open');
        return { room, token: 't'.repeat(40), expiresAt: new Date(Date.now() + 60_000).toISOString() };
      }
    }
    expect(await against(new Lazy())).toEqual([expect.stringMatching(/^admits with a new secret/)]);
  });
});
