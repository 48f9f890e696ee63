import { Injectable, type OnModuleInit } from '@nestjs/common';
import { can, type Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Frame } from '../../../platform/views/frame.js';
import { WaitingListService } from '../hosting/waiting-list.service.js';
import { pillModel, type PillModel } from './session.view.js';
import { SessionFacts } from '../session-facts.service.js';

/** Who waits, on every page of whoever may host: one statement. */
@Injectable()
export class WaitingPill implements OnModuleInit {
  constructor(
    private readonly frame: Frame,
    private readonly list: WaitingListService,
    private readonly facts: SessionFacts,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.frame.addTopbar(async (who) =>
      can(who, 'session:host') && who.personId
        ? { template: 'encounters/topbar', model: await this.model(who) }
        : undefined,
    );
  }

  async model(who: Principal): Promise<PillModel> {
    return pillModel(await this.list.waiting(who), (id) => this.facts.person(id), this.clock.now());
  }
}
