import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import Handlebars from 'handlebars/runtime.js';
import type { HelperTools } from './helpers/helper.js';
import { coreTemplateFiles } from './template-files.js';
import { TemplateSet, type TemplateSource } from './template-set.js';

/** The module that the build writes. */
interface BuiltTemplates {
  readonly templates: readonly {
    readonly id: string;
    readonly partial: boolean;
    readonly spec: TemplateSpecification;
  }[];
}

/**
 * The core's templates: precompiled ones with the runtime only when there is a build at `root`, else compiled once from the
 * sources with the same options.
 */
export async function loadCoreTemplates(root: string, tools: Omit<HelperTools, 'partial'>): Promise<TemplateSet> {
  const built = path.join(root, 'views/templates.js');
  if (existsSync(built)) {
    const { templates } = (await import(pathToFileURL(built).href)) as BuiltTemplates;
    return new TemplateSet(Handlebars.create(), sourcesOf(templates), tools);
  }
  const files = coreTemplateFiles(root);
  if (!files.some(({ kind }) => kind === 'layout'))
    throw new Error(`there are no templates at ${root}: run "npm run build"`);
  const { compiledSources, compilingEnvironment } = await import('./compiled-sources.js');
  return new TemplateSet(compilingEnvironment(), compiledSources(files), tools);
}

const sourcesOf = (templates: BuiltTemplates['templates']): TemplateSource[] =>
  templates.map(({ id, partial, spec }) => ({
    id,
    partial,
    make: (environment) => environment.template<object | null>(spec),
  }));
