import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock.js';
import { Sql } from '../../../platform/database/sql.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { JoinableAppointments } from '../appointments.port.js';
import { arrivalOfBrowser, encounterOf, type ArrivalRow, type EncounterRow } from '../encounter.queries.js';
import { SessionLinks, type SessionLink } from '../links/session-links.service.js';
import { browserHash } from './browser-secret.js';
import { AnswerSeal } from './door-answers.js';
import { doorState, type DoorState, type SessionAppointment } from './door.rules.js';

/** What a browser in front of a session link finds. */
export interface Door {
  readonly link: SessionLink;
  readonly appointment: SessionAppointment;
  readonly state: DoorState;
  readonly encounter: EncounterRow | undefined;
  /** The arrival of this very browser, when its cookie belongs to this link and session. */
  readonly arrival: ArrivalRow | undefined;
}

/** Reads of the door. Nothing here changes anything: mail scanners open links. */
@Injectable()
export class DoorService {
  constructor(
    private readonly links: SessionLinks,
    private readonly appointments: JoinableAppointments,
    private readonly sql: Sql,
    private readonly answers: AnswerSeal,
    private readonly clock: Clock,
  ) {}

  /** Throws not-found alike for a forged, mistyped or revoked token and for a person who is no longer part of the appointment. */
  async at(token: unknown, browserSecret: string | undefined): Promise<Door> {
    const link = await this.links.read(token);
    if (!link) throw notFound();
    const appointment = await this.appointments.find(link.appointmentId);
    if (!appointment?.memberIds.includes(link.clientId)) throw notFound();
    const encounter = await this.sql.first(encounterOf, [link.appointmentId]);
    const state = doorState(appointment, encounter?.state, this.clock.now());
    return { link, appointment, state, encounter, arrival: await this.arrival(link, encounter, browserSecret) };
  }

  /** The cookie of one link, so that several doors can be open in one browser. */
  async linkOf(token: unknown): Promise<SessionLink> {
    const link = await this.links.read(token);
    if (!link) throw notFound();
    return link;
  }

  /** The short message the clinician sent to this browser's waiting room. */
  async message(door: Door): Promise<{ text: string; at: Date } | undefined> {
    const { arrival, encounter } = door;
    if (!arrival?.message_enc || !arrival.message_at || !encounter) return undefined;
    const text = await this.answers.openText(encounter.case_id, arrival.id, 'message_enc', arrival.message_enc);
    return text === null ? undefined : { text, at: arrival.message_at };
  }

  /** The number this person gave at the door, for themselves: where the clinician will call when the video fails. */
  async ownPhone(door: Door): Promise<string | null> {
    const { arrival, encounter } = door;
    if (!arrival || !encounter) return null;
    return this.answers.openText(encounter.case_id, arrival.id, 'phone_enc', arrival.phone_enc);
  }

  private async arrival(
    link: SessionLink,
    encounter: EncounterRow | undefined,
    browserSecret: string | undefined,
  ): Promise<ArrivalRow | undefined> {
    if (!encounter || !browserSecret) return undefined;
    return this.sql.first(arrivalOfBrowser, [encounter.id, link.clientId, browserHash(browserSecret)]);
  }
}
