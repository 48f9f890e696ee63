import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ChartSections } from '../people/public.js';
import { RecordHistoryService } from './record-history.service.js';
import { didKey } from './act-words.js';

/** Rows the chart itself shows. */
const SHOWN = 3;

/** "Who opened this chart" beside the chart. */
@Injectable()
export class ChartHistorySection implements OnModuleInit {
  constructor(
    private readonly sections: ChartSections,
    private readonly history: RecordHistoryService,
  ) {}

  onModuleInit(): void {
    this.sections.register({
      id: 'history',
      column: 'side',
      order: 90,
      load: async (who, clientId) => {
        const { lines, names } = await this.history.latest(clientId, SHOWN);
        return {
          title: 'audit:history.section',
          rows: lines.map((line) => ({
            href: null,
            at: line.at.toISOString(),
            zone: who.timeZone ?? 'UTC',
            text: names.of(line).name || didKey(line.action),
            chip: null,
          })),
          empty: 'audit:history.none',
          link: { href: `/clients/${clientId}/history`, label: 'audit:history.all' },
        };
      },
    });
  }
}
