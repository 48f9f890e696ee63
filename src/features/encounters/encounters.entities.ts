import { AttendanceEntity } from './attendance/attendance.entity.js';
import { ArrivalEntity } from './door/arrival.entity.js';
import { EncounterEntity, ParticipantEntity } from './encounter.entity.js';
import { SessionLinkEntity } from './links/session-link.entity.js';

export const encountersEntities = [
  ArrivalEntity,
  AttendanceEntity,
  EncounterEntity,
  ParticipantEntity,
  SessionLinkEntity,
];
