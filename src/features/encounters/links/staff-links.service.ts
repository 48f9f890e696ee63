import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Principal } from '../../../platform/access/principal.js';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';
import { HttpConfig } from '../../../platform/config/http.config.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import {
  AppointmentLinks,
  Booking,
  type AppointmentLink,
  type AppointmentLinkSource,
} from '../../scheduling/public.js';
import { SessionLinks } from './session-links.service.js';

/** Session links for the people who hand them out: whoever may change the appointment, while the session is still to come or goes on. */
@Injectable()
export class StaffLinks implements AppointmentLinkSource, OnModuleInit {
  constructor(
    private readonly booking: Booking,
    private readonly links: SessionLinks,
    private readonly audit: AuditWriter,
    private readonly http: HttpConfig,
    private readonly offered: AppointmentLinks,
  ) {}

  onModuleInit(): void {
    this.offered.register(this);
  }

  async show(who: Principal, appointmentId: string, clientId: string): Promise<AppointmentLink> {
    await this.check(who, appointmentId, clientId);
    return this.reveal(who, appointmentId, clientId);
  }

  async renew(who: Principal, appointmentId: string, clientId: string, version: number): Promise<AppointmentLink> {
    await this.check(who, appointmentId, clientId);
    try {
      await this.links.revoke(who, appointmentId, clientId, version);
    } catch (error) {
      // The old link is revoked already; what took its place may have been sent.
      if (!(error instanceof DomainError) || error.code !== 'changed-meanwhile') throw error;
    }
    return this.reveal(who, appointmentId, clientId);
  }

  private async check(who: Principal, appointmentId: string, clientId: string): Promise<void> {
    const { modality, memberIds } = await this.booking.changeable(who, appointmentId);
    if (modality !== 'video' || !memberIds.includes(clientId)) throw notFound();
  }

  /** Whoever has the link can come to the door as this client, so nobody sees it before the audit knows. */
  private async reveal(who: Principal, appointmentId: string, clientId: string): Promise<AppointmentLink> {
    const { path, version } = await this.links.forClient(appointmentId, clientId);
    await this.audit.record(who, { action: 'session-link.show', object: `appointment:${appointmentId}`, clientId });
    return { clientId, url: `${this.http.origin}${path}`, version };
  }
}
