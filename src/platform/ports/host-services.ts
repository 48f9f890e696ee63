import { Injectable, type Abstract } from '@nestjs/common';
import type { HostNeed } from '@alcove/sdk';

/** What a feature lends to plugins that ask for it in their manifest. */
export interface HostOffer {
  readonly need: HostNeed;
  /** Abstract class of the SDK under which plugins inject it. */
  readonly token: Abstract<object>;
  /** The service for one plugin; called once per start of the plugin. */
  readonly make: (pluginId: string) => object;
}

/** Features offer their host services here in onModuleInit; the kernel hands them to plugins that were granted them. */
@Injectable()
export class HostServices {
  private readonly offers = new Map<HostNeed, HostOffer>();

  /** Throws when two features offer the same. */
  offer<T extends object>(need: HostNeed, token: Abstract<T>, make: (pluginId: string) => T): void {
    if (this.offers.has(need)) throw new Error(`the host service ${need} is offered twice`);
    this.offers.set(need, { need, token, make });
  }

  find(need: HostNeed): HostOffer | undefined {
    return this.offers.get(need);
  }
}
