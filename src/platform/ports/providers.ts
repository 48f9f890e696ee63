import type { VideoProvider } from '@alcove/sdk';

/** Capability slots as features see them: the provider chosen for the practice, wrapped with deadline and breaker by the kernel. */
export abstract class Providers {
  /**
   * Throws `ProviderError('unavailable')` when no video plugin is active. Unlike the plugin's own, its `embed` names the module and the
   * stylesheet by addresses a page can load.
   */
  abstract video(): VideoProvider;
}
