import { Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/access/principal.js';
import { notFound } from '../../platform/errors/domain-error.js';

/** The link that brings one client into one appointment, for staff to hand out. A secret: never in an address, a log or the audit. */
export interface AppointmentLink {
  readonly clientId: string;
  /** Absolute. */
  readonly url: string;
  /** Rises when a new link takes the place of the old one. */
  readonly version: number;
}

/**
 * Makes the links. Checks access by itself and records who saw a link; both throw not-found for what is unknown or not theirs, and
 * `scheduling.not-changeable` when the appointment is over or cancelled.
 */
export interface AppointmentLinkSource {
  show(who: Principal, appointmentId: string, clientId: string): Promise<AppointmentLink>;
  /** Makes the link of this version worthless and shows the next one. When somebody else was faster, theirs is shown and stays. */
  renew(who: Principal, appointmentId: string, clientId: string, version: number): Promise<AppointmentLink>;
}

/** Scheduling knows nothing of doors; the feature that owns them registers its links here, in onModuleInit. */
@Injectable()
export class AppointmentLinks implements AppointmentLinkSource {
  private source: AppointmentLinkSource | undefined;

  register(source: AppointmentLinkSource): void {
    if (this.source) throw new Error('two features make the links of appointments');
    this.source = source;
  }

  /** Whether anybody makes links; the page offers none otherwise. */
  get offered(): boolean {
    return this.source !== undefined;
  }

  async show(who: Principal, appointmentId: string, clientId: string): Promise<AppointmentLink> {
    return this.required().show(who, appointmentId, clientId);
  }

  async renew(who: Principal, appointmentId: string, clientId: string, version: number): Promise<AppointmentLink> {
    return this.required().renew(who, appointmentId, clientId, version);
  }

  private required(): AppointmentLinkSource {
    if (!this.source) throw notFound();
    return this.source;
  }
}
