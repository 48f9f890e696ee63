import type { INestApplicationContext } from '@nestjs/common';
import { systemPrincipal } from '../../platform/access/principal.js';
import { PracticeService } from './practice.service.js';

/** The synthetic practice. Its numbers are of the ranges reserved for examples; the crisis line is the one of its country. */
export async function seedPractice(app: Pick<INestApplicationContext, 'get'>): Promise<void> {
  const practice = app.get(PracticeService);
  if (await practice.current()) return;
  await practice.create(systemPrincipal('demo'), {
    name: 'Linden Row Counseling',
    timeZone: 'America/Los_Angeles',
    phone: '(503) 555-0100',
    email: 'office@example.org',
    crisisText: 'In danger, or thinking of harming yourself? Call or text 988.',
    crisisPhone: '988',
    emergencyText: 'Call 911 and ask for the dispatch of the county the client is in.',
    location: {
      name: 'Portland office',
      timeZone: 'America/Los_Angeles',
      address: '100 Example Street\nPortland, OR 97201',
    },
  });
}
