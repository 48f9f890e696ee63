import Handlebars from 'handlebars';
import { COMPILE_OPTIONS, parseTemplates } from './template-compiler.js';
import type { TemplateFile } from './template-files.js';
import type { TemplateSource } from './template-set.js';

/** An environment that can compile: for running from sources and for plugins, whose pages need no build. */
export const compilingEnvironment = (): typeof Handlebars => Handlebars.create();

/** Templates compiled in this process from files on disk, with the options of the build. */
export function compiledSources(files: readonly TemplateFile[], known: readonly TemplateFile[] = []): TemplateSource[] {
  return [...parseTemplates(files, known)].map(([{ id, kind }, tree]) => ({
    id,
    partial: kind === 'partial',
    make: (environment) => environment.compile<object | null>(tree, { ...COMPILE_OPTIONS }),
  }));
}
