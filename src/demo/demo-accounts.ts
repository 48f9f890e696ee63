import type { INestApplicationContext } from '@nestjs/common';
import { AccountService, newTotpSecret } from '../features/access/public.js';
import type { DemoPeople, DemoPerson } from '../features/people/public.js';
import { systemPrincipal, type Role } from '../platform/access/principal.js';
import { newSecret } from '../platform/ids.js';
import { Work } from '../platform/work/work.js';
import type { DemoAccount } from './demo-file.js';

/** `k7q2-m0xd-94tb-hw3n`: easy to type, made anew for each installation, so that a demo on the internet has no known password. */
const newPassword = (): string =>
  newSecret(24)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 16)
    .padEnd(16, 'a')
    .replaceAll(/(.{4})(?=.)/g, '$1-');

/** One account for each role, and one for every other clinician. The owner shows what an authenticator is like. */
export async function seedAccounts(
  app: Pick<INestApplicationContext, 'get'>,
  people: DemoPeople,
  sessionClientId: string,
): Promise<DemoAccount[]> {
  const client = people.clients.find(({ id }) => id === sessionClientId) ?? people.clients[0];
  const clinicians = people.clinicians.filter(({ id }) => id !== people.supervisor.id);
  const wanted: { role: Role; person: DemoPerson }[] = [
    { role: 'owner', person: people.owner },
    ...clinicians.map((person) => ({ role: 'clinician' as const, person })),
    { role: 'supervisor', person: people.supervisor },
    { role: 'scheduler', person: people.scheduler },
    { role: 'biller', person: people.biller },
    { role: 'it-admin', person: people.itAdmin },
    { role: 'client', person: client },
    { role: 'guardian', person: people.guardian },
  ];
  const accounts = app.get(AccountService);
  const password = newPassword();
  // Hashing is slow on purpose; everybody in the demo has the same password, so once is enough.
  const hash = await accounts.hashed({ password });
  return app.get(Work).run(systemPrincipal('demo'), async (tx) => {
    const made: DemoAccount[] = [];
    for (const { role, person } of wanted) {
      const totpSecret = role === 'owner' ? newTotpSecret() : undefined;
      const { id: personId, email, timeZone, name } = person;
      await accounts.createInside(tx, { role, email, personId, timeZone, totpSecret }, hash);
      made.push({ role, name, email, password, ...(totpSecret ? { totpSecret } : {}) });
    }
    return made;
  });
}
