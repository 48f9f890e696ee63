import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { Public } from '@alcove/sdk';
import type { Request, Response } from 'express';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { readForm } from '../../../platform/http/form.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { newSecret } from '../../../platform/ids.js';
import { page, type Page } from '../../../platform/views/page.js';
import { ArrivalsService } from '../door/arrivals.service.js';
import type { Door } from '../door/door.service.js';
import { AnswersForm, answersOf } from './answers.form.js';
import { DoorReader } from './door-reader.js';
import { doorModel, doorPath, kindModel, type KindPage } from './door.view.js';

const REASON =
  'a session link is the key of one person to one waiting room; nobody is asked to sign in before their session';
const SCRIPTS = ['encounters/door.js'];

/** In front of the waiting room: device check, questions, coming in, leaving. Every GET changes nothing. */
@Controller('j')
export class DoorController {
  constructor(
    private readonly reader: DoorReader,
    private readonly arrivals: ArrivalsService,
  ) {}

  @Get(':token')
  @Public(REASON)
  @Header('Cache-Control', 'no-store')
  async check(
    @Param('token') token: string,
    @Req() request: Request,
    @Query('go') go: unknown,
    @Query('check') again: unknown,
  ): Promise<Page> {
    const door = await this.reader.at(token, request);
    const closed = closedBecause(door) ?? (go === 'on' ? undefined : signedInAs(door, request));
    if (closed) return this.kind(closed, token, door);
    if (again !== 'again') {
      goOn(token, door);
      // Another device of this person took over: the waiting page says so and offers to change back.
      if (door.arrival?.state === 'replaced') throw new SeeOther(doorPath(token, 'waiting'));
    }
    const facts = await this.reader.facts(token, door);
    const next = door.arrival?.state === 'waiting' ? 'waiting' : 'questions';
    return page(
      'encounters/check',
      { ...doorModel(facts), next: doorPath(token, next) },
      {
        layout: 'door',
        title: 'encounters:check.page-title',
        scripts: [...SCRIPTS, 'encounters/check.js'],
      },
    );
  }

  @Get(':token/questions')
  @Public(REASON)
  @Header('Cache-Control', 'no-store')
  async questions(@Param('token') token: string, @Req() request: Request): Promise<Page> {
    const door = await this.reader.at(token, request);
    const closed = closedBecause(door);
    if (closed) return this.kind(closed, token, door);
    goOn(token, door);
    return this.questionsPage(token, door, {}, {}, 200);
  }

  @Post(':token/enter')
  @Public(REASON)
  @HttpCode(200)
  async enter(
    @Param('token') token: string,
    @Body() body: unknown,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Page> {
    const door = await this.reader.at(token, request);
    const closed = closedBecause(door);
    if (closed) return this.kind(closed, token, door);
    const form = await readForm(AnswersForm, body);
    if (!form.ok) return this.questionsPage(token, door, form.values, form.errors, 422);
    const secret = (await this.reader.secret(token, request)) ?? newSecret();
    try {
      await this.arrivals.enter(token, secret, answersOf(form.value), this.reader.requestOf(request));
    } catch (error) {
      // The session ended, or was removed from, between the page and the press: the same kind page as for opening the link now.
      const reason = error instanceof DomainError ? closedBecause(await this.reader.at(token, request)) : undefined;
      if (!reason) throw error;
      return this.kind(reason, token, door);
    }
    this.reader.remember(response, door, secret);
    throw new SeeOther(doorPath(token, 'waiting'));
  }

  @Post(':token/leave')
  @Public(REASON)
  async leave(@Param('token') token: string, @Req() request: Request): Promise<never> {
    await this.arrivals.leave(token, await this.reader.secret(token, request), this.reader.requestOf(request));
    throw new SeeOther(doorPath(token, 'left'));
  }

  @Get(':token/left')
  @Public(REASON)
  @Header('Cache-Control', 'no-store')
  async left(@Param('token') token: string, @Req() request: Request): Promise<Page> {
    const door = await this.reader.at(token, request);
    const inside = door.arrival?.state === 'admitted';
    return this.kind(closedBecause(door) ?? (inside ? 'left-session' : 'left-waiting'), token, door);
  }

  private async kind(kind: KindPage, token: string, door: Door): Promise<Page> {
    const { model, title } = kindModel(kind, await this.reader.facts(token, door));
    return page('encounters/kind', model, { layout: 'door', title, scripts: SCRIPTS });
  }

  private async questionsPage(
    token: string,
    door: Door,
    values: Readonly<Record<string, string>>,
    errors: Readonly<Record<string, string>>,
    status: number,
  ): Promise<Page> {
    const facts = await this.reader.facts(token, door);
    return page(
      'encounters/questions',
      { ...doorModel(facts), values, errors },
      {
        layout: 'door',
        title: 'encounters:questions.page-title',
        status,
        scripts: SCRIPTS,
      },
    );
  }
}

/** Why this door does not open for this browser now, in the name of a kind page. */
export function closedBecause(door: Door): KindPage | undefined {
  if (door.state !== 'open') return door.state;
  return door.arrival?.state === 'removed' ? 'removed' : undefined;
}

/** Opening the same link again leads back to where this browser was, never to the end of a queue. */
function goOn(token: string, door: Door): void {
  if (door.arrival?.state === 'admitted') throw new SeeOther(doorPath(token, 'room'));
  if (door.arrival?.state === 'waiting') throw new SeeOther(doorPath(token, 'waiting'));
}

/** Somebody who is signed in as another person is asked before they walk through this person's door. */
function signedInAs(door: Door, request: Request): KindPage | undefined {
  const who = request.principal;
  if (!who || door.arrival || who.personId === door.link.clientId) return undefined;
  return who.permissions.has('portal:use') ? 'other-account' : 'staff-account';
}
