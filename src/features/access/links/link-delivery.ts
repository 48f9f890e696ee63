import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/work/work.js';
import type { LinkPurpose } from './one-time-link.queries.js';

/** A link on its way to the person it is for. */
export interface LinkToDeliver {
  readonly accountId: string;
  readonly purpose: LinkPurpose;
  /** Whole address with the secret in it. Never logged, never stored. */
  readonly url: string;
  readonly expiresAt: Date;
}

/**
 * How one-time links reach people. `shown`: whoever made it sees it once and hands it over. `sent`: it is on its way and nobody here
 * sees it. Called inside the change that makes the link.
 */
export abstract class LinkDelivery {
  abstract deliver(tx: Tx, link: LinkToDeliver): Promise<'shown' | 'sent'>;
}

/** Without mail the person who made a link hands it over. */
@Injectable()
export class ShownToMaker extends LinkDelivery {
  override deliver(): Promise<'shown'> {
    return Promise.resolve('shown');
  }
}
