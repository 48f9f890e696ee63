import { Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { Access, BackgroundAccess } from '@alcove/sdk';
import type { Request, Response } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { HostingService, type HostedSession } from '../hosting/hosting.service.js';
import { SessionFacts } from '../session-facts.service.js';
import { TicketsService } from '../tickets.service.js';
import { SessionPages } from './session-pages.js';

/** The clinician's side of one session: prepare, room, ended; open, end, tickets. */
@Controller('sessions')
export class SessionController {
  constructor(
    private readonly hosting: HostingService,
    private readonly tickets: TicketsService,
    private readonly pages: SessionPages,
    private readonly facts: SessionFacts,
    private readonly audit: AuditWriter,
  ) {}

  @Get(':id')
  @Access('session:host')
  @Header('Cache-Control', 'no-store')
  async show(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    const session = await this.looked(who, id);
    const { appointment, encounter } = session;
    if (appointment.cancelled || appointment.modality === 'office') return this.pages.closed(session);
    if (encounter?.state === 'ended') return this.pages.ended(session);
    return encounter?.hosted_at ? this.pages.room(who, session) : this.pages.prepare(who, session);
  }

  @Post(':id/open')
  @Access('session:host')
  async open(@Who() who: Principal, @Param('id') id: string): Promise<never> {
    await this.hosting.open(who, id);
    throw new SeeOther(`/sessions/${id}`);
  }

  /** Everybody at this door, for the drawer and the prepare page; pages ask for it by themselves. 204 when `seen` is how it looks now. */
  @Get(':id/people')
  @BackgroundAccess('session:host')
  @Header('Cache-Control', 'no-store')
  async people(
    @Who() who: Principal,
    @Param('id') id: string,
    @Query('seen') seen: unknown,
    @Query('from') from: unknown,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Page | undefined> {
    const session = await this.hosting.session(who, id);
    if (session.encounter?.state === 'ended' || session.appointment.cancelled) throw new SeeOther(`/sessions/${id}`);
    if (seen === (await this.pages.mark(session))) {
      response.status(204);
      return undefined;
    }
    await this.recordLook(who, session);
    const template = from === 'prepare' ? 'encounters/expected' : 'encounters/people';
    return page(template, await this.pages.people(who, session), { layout: 'fragment' });
  }

  /** The question before *End session*, for browsers without scripts; the room page asks it in a dialog. */
  @Get(':id/end')
  @Access('session:host')
  async confirmEnd(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    return this.pages.confirmEnd(await this.looked(who, id));
  }

  @Post(':id/end')
  @Access('session:host')
  async end(@Who() who: Principal, @Param('id') id: string, @Req() request: Request): Promise<never> {
    await this.hosting.end(who, id, request.requestId);
    throw new SeeOther(`/sessions/${id}`);
  }

  /** JSON for scripts: how to mount the meeting, with a ticket for the clinician. */
  @Post(':id/ticket')
  @Access('session:host')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async ticket(@Who() who: Principal, @Param('id') id: string, @Req() request: Request): Promise<object> {
    const name = who.personId ? this.facts.person(who.personId).name : '';
    const { module, stylesheet, config } = await this.tickets.forHost(who, id, name, request.requestId);
    return { module, stylesheet: stylesheet ?? null, config };
  }

  /** The session of a page that shows who it is with. */
  private async looked(who: Principal, id: string): Promise<HostedSession> {
    const session = await this.hosting.session(who, id);
    await this.recordLook(who, session);
    return session;
  }

  private async recordLook(who: Principal, { appointment }: HostedSession): Promise<void> {
    await Promise.all(
      appointment.memberIds.map((clientId) =>
        this.audit.record(who, { action: 'session-page.read', object: `appointment:${appointment.id}`, clientId }),
      ),
    );
  }
}
