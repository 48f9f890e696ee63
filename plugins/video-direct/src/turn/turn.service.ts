import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock, Log, Settings } from '@alcove/sdk';
import type { IceConfig, IceSource } from '../signalling/ports.js';
import { readTurnConfig, type TurnConfig } from './turn-config.js';
import { turnCredentials } from './turn-credentials.js';

/** How long settings are believed, so that a full hour's joins do not read them a hundred times. */
const BELIEVED_MS = 10_000;

/** Hands out relay credentials, new ones at every call. Without a configured relay the list is empty: no public server stands in. */
@Injectable()
export class TurnService implements IceSource {
  private last: { readonly config: TurnConfig; readonly at: number } | null = null;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** The settings as they are now. @throws SetupError `misconfigured` */
  async config(): Promise<TurnConfig> {
    const config = readTurnConfig({
      urls: await this.settings.text('turn-urls'),
      secret: await this.settings.text('turn-secret'),
      ttlSeconds: await this.settings.number('turn-ttl'),
      relayOnly: await this.settings.flag('relay-only'),
    });
    this.last = { config, at: this.clock.now().getTime() };
    return config;
  }

  async current(): Promise<IceConfig> {
    const { urls, secret, ttlSeconds, relayOnly } = await this.believed();
    if (urls.length === 0) return { iceServers: [], relayOnly };
    const expiresAt = new Date(this.clock.now().getTime() + ttlSeconds * 1_000);
    const credentials = turnCredentials(secret, expiresAt, randomBytes(12).toString('base64url'));
    return { iceServers: [{ urls, ...credentials }], relayOnly };
  }

  /** While the database is away a running call still gets credentials for its restart: from the settings last seen. */
  private async believed(): Promise<TurnConfig> {
    const { last } = this;
    if (last && this.clock.now().getTime() - last.at < BELIEVED_MS) return last.config;
    try {
      return await this.config();
    } catch (error) {
      if (!last) throw error;
      this.log.error('the relay settings could not be read; the last ones are used', error);
      return last.config;
    }
  }
}
