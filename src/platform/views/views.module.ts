import path from 'node:path';
import { Global, Module } from '@nestjs/common';
import { Assets } from '../assets/assets.js';
import { AssetsModule } from '../assets/assets.module.js';
import { I18n } from '../i18n/i18n.js';
import { I18nModule } from '../i18n/i18n.module.js';
import { Frame } from './frame.js';
import { IconSet } from './icon-set.js';
import { loadCoreTemplates } from './load-templates.js';
import { Views } from './views.js';

/** `src` when run from sources, `dist` after a build: both have the same folders. */
const ROOT = path.join(import.meta.dirname, '../..');

export async function createViews(i18n: I18n, assets: Assets, icons: IconSet): Promise<Views> {
  const templates = await loadCoreTemplates(ROOT, { i18n, icons, asset: (name) => assets.url(name) });
  return new Views(templates, i18n, assets);
}

@Global()
@Module({
  imports: [I18nModule, AssetsModule],
  providers: [
    Frame,
    { provide: IconSet, useFactory: () => IconSet.load(ROOT) },
    { provide: Views, inject: [I18n, Assets, IconSet], useFactory: createViews },
  ],
  exports: [Views, Frame, IconSet, I18nModule, AssetsModule],
})
export class ViewsModule {}
