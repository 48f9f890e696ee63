import { Injectable } from '@nestjs/common';
import { Encounters, type PresenceReport } from '@alcove/sdk';
import { AttendanceService } from './attendance/attendance.service.js';

const REFERENCE = /^[\w.:-]{1,200}$/;

/** The host service `Encounters` as the kernel gives it to video plugins. */
@Injectable()
export class EncountersHost extends Encounters {
  constructor(private readonly attendance: AttendanceService) {
    super();
  }

  /** Throws TypeError for a report that is none: plugins are checked like any other caller. */
  async presence(report: PresenceReport): Promise<void> {
    const { room, participant, page, state } = report;
    for (const reference of [room, participant, page])
      if (typeof reference !== 'string' || !REFERENCE.test(reference))
        throw new TypeError('a presence report names its room, participant and page by opaque references');
    if (state !== 'joined' && state !== 'alive' && state !== 'left')
      throw new TypeError('a presence report says joined, alive or left');
    await this.attendance.presence({ room, participant, page, state });
  }
}
