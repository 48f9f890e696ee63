import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Clock } from '../../../platform/clock.js';
import { HttpConfig } from '../../../platform/config/http.config.js';
import '../../../platform/http/request.js';
import type { DoorRequest } from '../door/door-request.js';
import { DoorService, type Door } from '../door/door.service.js';
import { SessionFacts } from '../session-facts.service.js';
import { readDoorCookie, setDoorCookie } from './door-cookie.js';
import type { DoorFacts } from './door.view.js';

/** What the pages of the door have in common: the cookie of a link, the door behind it, the facts it may show. */
@Injectable()
export class DoorReader {
  private readonly secure: boolean;

  constructor(
    private readonly door: DoorService,
    private readonly sessionFacts: SessionFacts,
    private readonly clock: Clock,
    http: HttpConfig,
  ) {
    this.secure = http.origin.startsWith('https:');
  }

  async at(token: string, request: Request): Promise<Door> {
    return this.door.at(token, await this.secret(token, request));
  }

  /** The secret this browser was given for this link. Throws not-found for a link that is none. */
  async secret(token: string, request: Request): Promise<string | undefined> {
    const link = await this.door.linkOf(token);
    return readDoorCookie(request, link.id, this.secure);
  }

  remember(response: Response, door: Door, secret: string): void {
    setDoorCookie(response, door.link.id, secret, this.secure);
  }

  async facts(token: string, door: Door): Promise<DoorFacts> {
    return {
      token,
      door,
      practice: await this.sessionFacts.practice(),
      clinician: this.sessionFacts.person(door.appointment.clinicianId),
      now: this.clock.now(),
    };
  }

  requestOf(request: Request): DoorRequest {
    return { ip: request.clientIp, requestId: request.requestId };
  }
}
