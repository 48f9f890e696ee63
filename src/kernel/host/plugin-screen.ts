import { randomUUID } from 'node:crypto';
import type { PluginContext, Rendered, ViewContext } from '@alcove/sdk';
import type { PanelViewer } from '../../platform/ports/plugin-admin.js';
import { bareContext } from '../../platform/views/page-context.js';
import type { PluginViews } from '../../platform/views/plugin-views.js';

/** HTML that one of our plugin environments has made. A plugin cannot make one by hand, so nothing unescaped gets past. */
const rendered = new WeakSet<object>();

/** Calls a drawing function of a plugin and returns its HTML. Throws when it answers with anything but what `view` gave it. */
export async function draw(
  source: { readonly render: (context: ViewContext) => Promise<Rendered> | Rendered },
  context: PluginContext,
  views: PluginViews,
  viewer: PanelViewer,
  references: Readonly<Record<string, string>>,
): Promise<string> {
  const answer: unknown = await source.render({
    id: context.id,
    signal: context.signal,
    get: (token) => context.get(token),
    viewer: { locale: viewer.locale, timeZone: viewer.timeZone },
    references,
    view: (name, model) => {
      const made = { html: views.render(`${context.id}/${name}`, model, pageContext(viewer)) };
      rendered.add(made);
      return Object.freeze(made);
    },
  });
  if (typeof answer !== 'object' || answer === null || !rendered.has(answer))
    throw new Error('render must answer with what context.view(...) returned');
  return (answer as Rendered).html;
}

const pageContext = ({ locale, timeZone, csrfToken = '' }: PanelViewer) => ({
  ...bareContext({ nonce: '', path: '', requestId: randomUUID(), locale, now: new Date() }),
  timeZone,
  csrfToken,
});
