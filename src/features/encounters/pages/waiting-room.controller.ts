import { Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { Public } from '@alcove/sdk';
import type { Request, Response } from 'express';
import { notFound } from '../../../platform/errors/domain-error.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { SseStreams } from '../../../platform/live/sse.js';
import { page, type Page } from '../../../platform/views/page.js';
import { ArrivalsService } from '../door/arrivals.service.js';
import { DoorService, type Door } from '../door/door.service.js';
import { SessionFacts } from '../session-facts.service.js';
import { TicketsService } from '../tickets.service.js';
import { closedBecause } from './door.controller.js';
import { DoorReader } from './door-reader.js';
import { doorPath, lastDigits, waitingModel, type WaitingModel } from './door.view.js';
import { dialable, type RoomModel } from './session.view.js';

const REASON = 'a browser behind a session link, known by the cookie it got when it came in';
/** Seconds between reloads of the waiting page for browsers without scripts. */
const REFRESH_S = 15;

/** The waiting room and the client's side of the session. */
@Controller('j')
export class WaitingRoomController {
  constructor(
    private readonly reader: DoorReader,
    private readonly door: DoorService,
    private readonly arrivals: ArrivalsService,
    private readonly tickets: TicketsService,
    private readonly facts: SessionFacts,
    private readonly streams: SseStreams,
  ) {}

  @Get(':token/waiting')
  @Public(REASON)
  @Header('Cache-Control', 'no-store')
  async waiting(
    @Param('token') token: string,
    @Query('refresh') refresh: unknown,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Page> {
    const door = await this.waitingDoor(token, request);
    if (refresh === 'on') response.setHeader('Refresh', String(REFRESH_S));
    const live = doorPath(token, 'live');
    const model = { ...(await this.model(token, door)), tab: `door-${door.link.id}` };
    return page('encounters/waiting-room', model, {
      layout: 'door',
      title: 'encounters:waiting.page-title',
      live,
      scripts: ['encounters/door.js', 'encounters/part.js', 'encounters/tab.js'],
    });
  }

  /** The live middle of the waiting page. */
  @Get(':token/waiting/part')
  @Public(REASON)
  @Header('Cache-Control', 'no-store')
  async part(@Param('token') token: string, @Req() request: Request): Promise<Page> {
    const door = await this.waitingDoor(token, request);
    return page('encounters/waiting-part', await this.model(token, door), { layout: 'fragment' });
  }

  /** JSON for scripts: where this browser stands, so that a room page notices that it is no longer in. */
  @Get(':token/state')
  @Public(REASON)
  @Header('Cache-Control', 'no-store')
  async state(@Param('token') token: string, @Req() request: Request): Promise<{ state: string }> {
    const { state, arrival } = await this.reader.at(token, request);
    return { state: state === 'open' ? (arrival?.state ?? 'outside') : state };
  }

  @Get(':token/live')
  @Public(REASON)
  async live(@Param('token') token: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { arrival, link } = await this.reader.at(token, request);
    if (!arrival) throw notFound();
    this.streams.start(request, response, {
      owner: `arrival:${arrival.id}`,
      topics: [`arrival:${arrival.id}`],
      endedBy: [`link:${link.id}`],
      first: ['state'],
      alive: () => this.arrivals.seen(arrival.id, link),
    });
  }

  @Get(':token/room')
  @Public(REASON)
  @Header('Cache-Control', 'no-store')
  async room(@Param('token') token: string, @Req() request: Request): Promise<Page> {
    const door = await this.reader.at(token, request);
    if (closedBecause(door) || door.arrival?.state !== 'admitted') throw new SeeOther(doorPath(token, 'waiting'));
    return page('encounters/room', await this.roomModel(token, door), {
      layout: 'stage',
      title: 'encounters:room.page-title',
      live: doorPath(token, 'live'),
      scripts: ['encounters/room.js', 'encounters/tab.js'],
    });
  }

  /** JSON for scripts: how to mount the meeting, with a ticket for this browser. */
  @Post(':token/ticket')
  @Public(REASON)
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async ticket(@Param('token') token: string, @Req() request: Request): Promise<object> {
    const nameOf = (door: Door): string => this.facts.person(door.link.clientId).firstName;
    const secret = await this.reader.secret(token, request);
    const { module, stylesheet, config } = await this.tickets.forDoor(
      token,
      secret,
      nameOf,
      this.reader.requestOf(request),
    );
    return { module, stylesheet: stylesheet ?? null, config };
  }

  private async waitingDoor(token: string, request: Request): Promise<Door> {
    const door = await this.reader.at(token, request);
    if (door.state === 'open' && door.arrival?.state === 'admitted') throw new SeeOther(doorPath(token, 'room'));
    const here = door.arrival?.state === 'waiting' || door.arrival?.state === 'replaced';
    if (closedBecause(door) || !here) throw new SeeOther(doorPath(token));
    return door;
  }

  private async model(token: string, door: Door): Promise<WaitingModel> {
    const facts = await this.reader.facts(token, door);
    return waitingModel(facts, await this.door.message(door), await this.door.ownPhone(door));
  }

  private async roomModel(token: string, door: Door): Promise<RoomModel> {
    const { practice, clinician, now } = await this.reader.facts(token, door);
    const ownPhone = await this.door.ownPhone(door);
    const { startsAt, endsAt, timeZone } = door.appointment;
    return {
      host: false,
      other: clinician.name,
      pronouns: null,
      startsAt: startsAt.toISOString(),
      zone: timeZone,
      minutes: Math.round((endsAt.getTime() - startsAt.getTime()) / 60_000),
      since: (door.arrival?.admitted_at ?? now).toISOString(),
      ticket: doorPath(token, 'ticket'),
      liveEvent: 'alcove:state',
      status: doorPath(token, 'state'),
      out: doorPath(token),
      leave: doorPath(token, 'leave'),
      leaveMethod: 'post',
      end: null,
      tab: `door-${door.link.id}`,
      practicePhone: practice.phone,
      practiceDial: dialable(practice.phone),
      ownPhoneEnd: ownPhone === null ? null : lastDigits(ownPhone),
      people: null,
    };
  }
}
