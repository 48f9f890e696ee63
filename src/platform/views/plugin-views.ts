import path from 'node:path';
import type { Assets } from '../assets/assets.js';
import type { I18n } from '../i18n/i18n.js';
import { compiledSources, compilingEnvironment } from './compiled-sources.js';
import type { IconSet } from './icon-set.js';
import type { PageContext } from './page-context.js';
import { coreTemplateFiles, pluginTemplateFiles, type TemplateFile } from './template-files.js';
import { TemplateSet } from './template-set.js';
import { renderData } from './views.js';

/** What the core lends to the views of plugins. */
export interface PluginViewTools {
  readonly i18n: I18n;
  readonly icons: IconSet;
  readonly assets: Pick<Assets, 'urlOf'>;
}

/** The views of one plugin, in a Handlebars environment that no other code shares. */
export interface PluginViews {
  readonly ids: readonly string[];
  /** Renders `<plugin id>/<name>`. Throws TemplateError. */
  render(template: string, model: object, context: PageContext): string;
}

/**
 * Compiles `<dir>/views/**.hbs` of a plugin (`panel.hbs` is `<id>/panel`, files in `views/partials/` are partials) and adds
 * `<dir>/locales/*.json` under the plugin's id. Core's shared partials (`field`, `notice`, ...) and helpers are there too;
 * `{{asset "x.js"}}` is the plugin's own asset. Only texts from disk are compiled, never a text that somebody typed.
 * Throws with file and line when a template is faulty; the kernel makes that the plugin's state.
 *
 * @param dir root folder of the plugin
 * @param id id of the plugin, prefix of its templates and words
 */
export function createPluginViews(dir: string, id: string, tools: PluginViewTools): PluginViews {
  tools.i18n.register(id, path.join(dir, 'locales'));
  const shared = sharedPartials();
  const own = pluginTemplateFiles(path.join(dir, 'views'), id);
  const set = new TemplateSet(compilingEnvironment(), [...compiledSources(shared), ...compiledSources(own, shared)], {
    i18n: tools.i18n,
    icons: tools.icons,
    asset: (name) => tools.assets.urlOf(id, name),
  });
  return {
    ids: own.map((file) => file.id),
    render: (template, model, context) => set.render(template, model, renderData(context)),
  };
}

let partials: TemplateFile[] | undefined;

/** The global partials of the core, read once; the build copies their files next to the compiled code. */
function sharedPartials(): TemplateFile[] {
  const root = path.join(import.meta.dirname, '../..');
  partials ??= coreTemplateFiles(root).filter(({ kind, id }) => kind === 'partial' && !id.includes('/'));
  return partials;
}
