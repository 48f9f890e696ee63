import { existsSync } from 'node:fs';
import path from 'node:path';
import { Global, Module } from '@nestjs/common';
import { assetTree, readFolder } from './asset-tree.js';
import { Assets } from './assets.js';

/** `src` when run from sources, `dist` after a build. */
const ROOT = path.join(import.meta.dirname, '../..');

/** The built tree (`dist/assets/core`) where there is one, else the same files collected from the sources, Tabler uncut. */
export async function createAssets(): Promise<Assets> {
  const built = path.join(ROOT, 'assets/core');
  if (existsSync(built)) return new Assets(assetTree(readFolder(built)));
  const { collectCoreAssets, readTabler } = await import('./core-assets.js');
  return new Assets(assetTree(collectCoreAssets(ROOT, readTabler())));
}

@Global()
@Module({ providers: [{ provide: Assets, useFactory: createAssets }], exports: [Assets] })
export class AssetsModule {}
