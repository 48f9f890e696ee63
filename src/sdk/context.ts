import type { Abstract, Type } from '@nestjs/common';

/** A class (or abstract class) that stands for what it provides. */
export type Token<T> = Type<T> | Abstract<T>;

/** Handed to everything of a plugin that is called by the kernel. */
export interface PluginContext {
  readonly id: string;
  /** A provider of the plugin's module, or one of its host services. Throws when there is none. */
  get<T>(token: Token<T>): T;
  /** Aborts when the kernel stops waiting for the answer. */
  readonly signal: AbortSignal;
}

/** HTML that was rendered by `view`; nothing else is accepted, so that escaping cannot be forgotten. */
export interface Rendered {
  readonly html: string;
}

/** Handed to panels and page slots. */
export interface ViewContext extends PluginContext {
  /** Who will see it: enough to format, not enough to identify. */
  readonly viewer: { readonly locale: string; readonly timeZone: string };
  /** References of the page (e.g. `appointmentId`), as the slot documents them. */
  readonly references: Readonly<Record<string, string>>;
  /** Renders `views/<name>.hbs` of the plugin with its own partials and locale files. */
  view(name: string, model: object): Rendered;
}
