import { Injectable } from '@nestjs/common';

/** The one source of "now" for rules about time, so that tests can hold it still. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}
