import type Handlebars from 'handlebars';
import { HELPERS } from './helpers/index.js';
import type { HelperTools, RenderData } from './helpers/helper.js';

type Environment = typeof Handlebars;
type Template = Handlebars.TemplateDelegate<object | null>;

/** What the build writes and what sources are compiled to: the way to make each template in an environment. */
export interface TemplateSource {
  readonly id: string;
  readonly partial: boolean;
  readonly make: (environment: Environment) => Template;
}

/** A template threw: says which, and through which partials. Never carries a value of the model. */
export class TemplateError extends Error {
  constructor(
    readonly template: string,
    cause: unknown,
  ) {
    super(`template ${template}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'TemplateError';
  }
}

/** Templates in one Handlebars environment of their own. */
export class TemplateSet {
  private readonly pages = new Map<string, Template>();
  private readonly partials = new Map<string, Template>();

  constructor(environment: Environment, sources: Iterable<TemplateSource>, tools: Omit<HelperTools, 'partial'>) {
    const withPartial: HelperTools = { ...tools, partial: (id, model, data) => this.render(id, model, data) };
    for (const [name, factory] of Object.entries(HELPERS))
      environment.registerHelper(name, factory(withPartial) as Handlebars.HelperDelegate);
    for (const source of sources) {
      const template = named(source.id, source.make(environment));
      (source.partial ? this.partials : this.pages).set(source.id, template);
      if (source.partial) environment.registerPartial(source.id, template);
    }
  }

  has(id: string): boolean {
    return this.pages.has(id) || this.partials.has(id);
  }

  /**
   * Renders a page or, where no page has this id, the partial that has: a fragment need not exist twice.
   * Throws TemplateError; its message names the template and the missing variable.
   */
  render(id: string, model: object, data: RenderData): string {
    const template = this.pages.get(id) ?? this.partials.get(id);
    if (!template) throw new TemplateError(id, 'there is no such template');
    return template(model, {
      data: { ...data },
      allowProtoMethodsByDefault: false,
      allowProtoPropertiesByDefault: false,
    });
  }
}

/** Handlebars says what is missing but not where; an error keeps the innermost template's name. */
const named =
  (id: string, template: Template): Template =>
  (model, options) => {
    try {
      return template(model, options);
    } catch (error) {
      throw error instanceof TemplateError ? error : new TemplateError(id, error);
    }
  };
