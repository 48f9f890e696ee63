import { Injectable } from '@nestjs/common';
import type { Assets } from '../assets/assets.js';
import type { I18n } from '../i18n/i18n.js';
import { frameModel } from './frame.view.js';
import type { RenderData } from './helpers/helper.js';
import type { PageContext } from './page-context.js';
import type { Page } from './page.js';
import type { TemplateSet } from './template-set.js';
import { trustedHtml } from './trusted-html.js';

/** Renders pages. Synchronous: everything a page needs has been asked for before. */
@Injectable()
export class Views {
  constructor(
    private readonly templates: TemplateSet,
    private readonly i18n: I18n,
    private readonly assets: Assets,
  ) {}

  /** The whole document, or only the template's own HTML with the layout `fragment`. Throws TemplateError. */
  render(page: Page, context: PageContext): string {
    const content = this.part(page.template, page.model, context);
    return this.frame(page.options, content, context);
  }

  /** Puts HTML that a plugin's own environment has rendered (`createPluginViews`) into a layout of the core. */
  frame(options: Page['options'], content: string, context: PageContext): string {
    if (options.layout === 'fragment') return content;
    const drawn = (parts: PageContext['topbar']) =>
      parts.map((part) => trustedHtml(this.part(part.template, part.model, context)));
    const model = {
      ...frameModel(options, context, { i18n: this.i18n, asset: (name) => this.assets.url(name) }),
      topbar: drawn(context.topbar),
      banners: drawn(context.banners),
      content: trustedHtml(content),
    };
    return this.templates.render(`layouts/${options.layout}`, model, renderData(context));
  }

  /** One template without a layout: fragments, frame parts, mails that are HTML. */
  part(template: string, model: object, context: PageContext): string {
    return this.templates.render(template, model, renderData(context));
  }

  has(template: string): boolean {
    return this.templates.has(template);
  }
}

export const renderData = (context: PageContext): RenderData => ({
  locale: context.locale,
  timeZone: context.timeZone,
  csrfToken: context.csrfToken,
  nonce: context.nonce,
  path: context.path,
  requestId: context.requestId,
  practiceName: context.practiceName,
  contributions: context.contributions,
});
