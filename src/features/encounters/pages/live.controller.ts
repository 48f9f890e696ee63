import { Controller, Get, Header, Query, Req, Res } from '@nestjs/common';
import { BackgroundAccess } from '@alcove/sdk';
import type { Request, Response } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
import { Who } from '../../../platform/http/request.js';
import { SseStreams } from '../../../platform/live/sse.js';
import { page, type Page } from '../../../platform/views/page.js';
import { WaitingPill } from './waiting-pill.js';

/** What staff pages ask for by themselves: the stream of signals and the waiting pill. Neither keeps a session from going idle. */
@Controller()
export class LiveController {
  constructor(
    private readonly pill: WaitingPill,
    private readonly streams: SseStreams,
  ) {}

  @Get('live')
  @BackgroundAccess('account:self')
  live(@Who() who: Principal, @Req() request: Request, @Res() response: Response): void {
    const own = who.personId ? [`waiting:${who.personId}`, `day:${who.personId}`] : [];
    const topics = [`account:${who.id}`, ...own];
    this.streams.start(request, response, { owner: `account:${who.id}`, who, topics, first: ['waiting'] });
  }

  /** The pill again; 204 when it would look as it does (`seen`), so that nothing is announced twice. */
  @Get('waiting')
  @BackgroundAccess('session:host')
  @Header('Cache-Control', 'no-store')
  async waiting(
    @Who() who: Principal,
    @Query('seen') seen: unknown,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Page | undefined> {
    const model = await this.pill.model(who);
    if (seen === model.mark) {
      response.status(204);
      return undefined;
    }
    return page('encounters/pill', model, { layout: 'fragment' });
  }
}
