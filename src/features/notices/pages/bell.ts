import { Injectable, type OnModuleInit } from '@nestjs/common';
import { can } from '../../../platform/access/principal.js';
import { Frame } from '../../../platform/views/frame.js';
import { OwnNotices } from '../own-notices.service.js';
import { badgeModel } from './notices.view.js';

/** The way to one's notices, with how many are new, on every page of whoever has an account. */
@Injectable()
export class Bell implements OnModuleInit {
  constructor(
    private readonly frame: Frame,
    private readonly notices: OwnNotices,
  ) {}

  onModuleInit(): void {
    this.frame.addTopbar(async (who) =>
      who.kind === 'user' && can(who, 'account:self')
        ? { template: 'notices/badge', model: badgeModel(await this.notices.unread(who)) }
        : undefined,
    );
  }
}
