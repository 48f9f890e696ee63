import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { page, type Page } from '../../../platform/views/page.js';
import { AttendanceService } from '../attendance/attendance.service.js';
import type { HostedSession } from '../hosting/hosting.service.js';
import { WaitingListService } from '../hosting/waiting-list.service.js';
import { SessionFacts } from '../session-facts.service.js';
import {
  attendanceModel,
  dialable,
  peopleMark,
  peopleModel,
  sessionModel,
  type PeopleModel,
  type RoomModel,
} from './session.view.js';

/** Pages of a session for its clinician. Access to the session was checked by who loaded it. */
@Injectable()
export class SessionPages {
  constructor(
    private readonly facts: SessionFacts,
    private readonly list: WaitingListService,
    private readonly attendance: AttendanceService,
    private readonly clock: Clock,
  ) {}

  async prepare(who: Principal, session: HostedSession): Promise<Page> {
    const model = { ...sessionModel(session.appointment, this.nameOf), people: await this.people(who, session) };
    return page('encounters/prepare', model, {
      layout: 'staff',
      title: 'encounters:prepare.page-title',
      current: 'today',
      scripts: ['encounters/part.js'],
    });
  }

  async room(who: Principal, session: HostedSession): Promise<Page> {
    const { appointment, encounter } = session;
    const practice = await this.facts.practice();
    const { names, startsAt, zone, minutes } = sessionModel(appointment, this.nameOf);
    const [only] = appointment.memberIds;
    const model: RoomModel = {
      host: true,
      other: names,
      pronouns: appointment.memberIds.length === 1 ? this.facts.person(only).pronouns : null,
      startsAt,
      zone,
      minutes,
      since: (encounter?.hosted_at ?? this.clock.now()).toISOString(),
      ticket: `/sessions/${appointment.id}/ticket`,
      liveEvent: 'alcove:waiting',
      status: null,
      out: `/sessions/${appointment.id}`,
      leave: '/today',
      leaveMethod: 'get',
      end: `/sessions/${appointment.id}/end`,
      tab: `session-${appointment.id}`,
      practicePhone: practice.phone,
      practiceDial: dialable(practice.phone),
      ownPhoneEnd: null,
      people: await this.people(who, session),
    };
    return page('encounters/room', model, {
      layout: 'stage',
      title: 'encounters:room.page-title',
      live: '/live',
      scripts: ['encounters/room.js', 'encounters/part.js', 'encounters/tab.js'],
    });
  }

  async ended(session: HostedSession): Promise<Page> {
    const { appointment, encounter } = session;
    const attendance = encounter ? await this.attendance.ofEncounter(encounter.id) : [];
    const model = {
      ...sessionModel(appointment, this.nameOf),
      endedAt: encounter?.ended_at?.toISOString() ?? null,
      reason: encounter?.end_reason === 'expired' ? 'encounters:ended.expired' : 'encounters:ended.by-you',
      people: attendanceModel(attendance, appointment.memberIds, this.nameOf),
    };
    return page('encounters/ended', model, { layout: 'staff', title: 'encounters:ended.page-title', current: 'today' });
  }

  /** An appointment that has no room: cancelled, or in the office. */
  closed(session: HostedSession): Page {
    const { cancelled } = session.appointment;
    const model = {
      ...sessionModel(session.appointment, this.nameOf),
      title: cancelled ? 'encounters:closed.cancelled' : 'encounters:closed.in-office',
      text: cancelled ? 'encounters:closed.cancelled-text' : 'encounters:closed.in-office-text',
    };
    return page('encounters/closed', model, { layout: 'staff', title: model.title, current: 'today' });
  }

  confirmEnd(session: HostedSession): Page {
    return page('encounters/end', sessionModel(session.appointment, this.nameOf), {
      layout: 'staff',
      title: 'encounters:end.page-title',
      current: 'today',
    });
  }

  async people(who: Principal, { appointment, encounter }: HostedSession): Promise<PeopleModel> {
    const board = encounter ? await this.list.board(who, encounter) : [];
    return peopleModel(appointment.id, board, this.nameOf, await this.facts.practice(), this.clock.now());
  }

  /** The mark of the list as it is now; see `peopleMark`. */
  async mark({ encounter }: HostedSession): Promise<string> {
    return peopleMark(encounter ? await this.list.arrivals(encounter) : [], this.clock.now());
  }

  private readonly nameOf = (personId: string) => this.facts.person(personId);
}
