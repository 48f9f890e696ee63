import { Body, Controller, Param, Post, Req, Res } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Request, Response } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
import { readForm } from '../../../platform/http/form.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { HostingService } from '../hosting/hosting.service.js';
import { WaitingRoomService } from '../hosting/waiting-room.service.js';
import { MessageForm } from './message.form.js';

/** The clinician's buttons for one person at the door. Forms work without scripts; scripts ask with `X-Alcove-Part` and stay on the page. */
@Controller('sessions/:id')
export class AdmissionController {
  constructor(
    private readonly waitingRoom: WaitingRoomService,
    private readonly hosting: HostingService,
  ) {}

  @Post('admit')
  @Access('session:host')
  async admit(
    @Who() who: Principal,
    @Param('id') id: string,
    @Body('arrival') arrival: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.waitingRoom.admit(who, id, arrival, request.requestId);
    done(request, response, id);
  }

  @Post('put-back')
  @Access('session:host')
  async putBack(
    @Who() who: Principal,
    @Param('id') id: string,
    @Body('arrival') arrival: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.waitingRoom.putBack(who, id, arrival, request.requestId);
    done(request, response, id);
  }

  @Post('remove')
  @Access('session:host')
  async remove(
    @Who() who: Principal,
    @Param('id') id: string,
    @Body('arrival') arrival: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.waitingRoom.remove(who, id, arrival, request.requestId);
    done(request, response, id);
  }

  @Post('message')
  @Access('session:host')
  async message(@Who() who: Principal, @Param('id') id: string, @Body() body: unknown): Promise<Page> {
    await this.hosting.hosted(who, id);
    const form = await readForm(MessageForm, body);
    const { arrival = '' } = form.values;
    if (!form.ok) {
      const model = { appointmentId: id, arrival, values: form.values, errors: form.errors, cancel: `/sessions/${id}` };
      return page('encounters/message', model, {
        layout: 'staff',
        title: 'encounters:message.title',
        current: 'today',
        status: 422,
      });
    }
    await this.waitingRoom.message(who, id, arrival, form.value.text);
    throw new SeeOther(`/sessions/${id}`);
  }
}

function done(request: Request, response: Response, id: string): void {
  if (request.get('x-alcove-part') === '1') response.status(204).end();
  else response.redirect(303, `/sessions/${id}`);
}
