import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../../platform/jobs/jobs.js';
import { KeyEndings } from '../access/public.js';

/** Once a day, before people come to work in most places. */
const DAILY = '10 5 * * *';

/** Tells people of keys that end soon. */
@Injectable()
export class KeyEndingsJob implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly endings: KeyEndings,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.jobs.define({
      name: 'access.key-endings',
      cron: DAILY,
      handle: async () => {
        await this.endings.tell();
      },
    });
  }
}
