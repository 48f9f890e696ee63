import type { Principal } from '../access/principal.js';

/** One piece of a page that a plugin drew; `html` is already rendered by the plugin's own Handlebars environment. */
export interface Contribution {
  readonly pluginId: string;
  readonly html?: string;
  /** Set instead of `html` when the plugin failed or was late; the page shows a muted card. */
  readonly failure?: string;
}

/** Page slots as views see them. Each contributor has a deadline and an error boundary; the page never waits longer. */
export abstract class Contributions {
  abstract collect(place: string, who: Principal, context: Readonly<Record<string, string>>): Promise<Contribution[]>;
}
