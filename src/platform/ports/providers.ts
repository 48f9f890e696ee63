import type { VideoProvider } from '@alcove/sdk';

/** Capability slots as features see them: the provider chosen for the practice, wrapped with deadline and breaker by the kernel. */
export abstract class Providers {
  /** Throws `ProviderError('unavailable')` when no video plugin is active. */
  abstract video(): VideoProvider;
}
