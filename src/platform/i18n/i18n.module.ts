import path from 'node:path';
import { Global, Module } from '@nestjs/common';
import { readCatalogue } from './catalogue.js';
import { I18n } from './i18n.js';

/** `src` when run from sources, `dist` after a build: both have the same folders. */
const ROOT = path.join(import.meta.dirname, '../..');

export const createI18n = (): I18n => new I18n(readCatalogue(ROOT), { strict: process.env.NODE_ENV === 'test' });

@Global()
@Module({ providers: [{ provide: I18n, useFactory: createI18n }], exports: [I18n] })
export class I18nModule {}
