import { Module } from '@nestjs/common';
import { SseStreams } from '../../platform/live/sse.js';
import { PracticeModule } from '../practice/public.js';
import { SchedulingModule } from '../scheduling/public.js';
import { EndedAccounts } from './ended-accounts.service.js';
import { AppointmentChanges } from './appointment-changes.service.js';
import { JoinableAppointments } from './appointments.port.js';
import { AttendanceService } from './attendance/attendance.service.js';
import { DayDecorations } from './day-decorations.js';
import { ArrivalsService } from './door/arrivals.service.js';
import { AnswerSeal } from './door/door-answers.js';
import { DoorService } from './door/door.service.js';
import { EncounterRepository } from './encounter.repository.js';
import { EncountersHost } from './host.js';
import { HostingService } from './hosting/hosting.service.js';
import { VideoRooms } from './hosting/video-rooms.service.js';
import { WaitingListService } from './hosting/waiting-list.service.js';
import { WaitingRoomService } from './hosting/waiting-room.service.js';
import { SessionLinks } from './links/session-links.service.js';
import { StaffLinks } from './links/staff-links.service.js';
import { AdmissionController } from './pages/admission.controller.js';
import { DoorController } from './pages/door.controller.js';
import { DoorReader } from './pages/door-reader.js';
import { LiveController } from './pages/live.controller.js';
import { SessionController } from './pages/session.controller.js';
import { SessionPages } from './pages/session-pages.js';
import { WaitingRoomController } from './pages/waiting-room.controller.js';
import { SchedulingAppointments } from './scheduling-appointments.js';
import { SessionFacts } from './session-facts.service.js';
import { SessionKeeper } from './session-keeper.service.js';
import { TicketsService } from './tickets.service.js';
import { WaitingPill } from './pages/waiting-pill.js';

/** The door: session links, waiting room, sessions on video, measured attendance. */
@Module({
  imports: [PracticeModule, SchedulingModule],
  controllers: [DoorController, WaitingRoomController, SessionController, AdmissionController, LiveController],
  providers: [
    { provide: JoinableAppointments, useClass: SchedulingAppointments },
    EndedAccounts,
    AnswerSeal,
    AppointmentChanges,
    ArrivalsService,
    AttendanceService,
    DayDecorations,
    DoorReader,
    DoorService,
    EncounterRepository,
    EncountersHost,
    HostingService,
    SessionFacts,
    SessionKeeper,
    SessionLinks,
    SessionPages,
    SseStreams,
    StaffLinks,
    TicketsService,
    VideoRooms,
    WaitingListService,
    WaitingPill,
    WaitingRoomService,
  ],
  exports: [EncountersHost, SessionLinks],
})
export class EncountersModule {}
