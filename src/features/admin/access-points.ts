import { Injectable, type OnModuleInit } from '@nestjs/common';
import { can, type Principal } from '../../platform/access/principal.js';
import { AccountService, Programs } from '../access/public.js';
import { SecurityPoints, type SecurityPoint } from './security-points.js';

/** What about accounts and keys an owner should look at. */
@Injectable()
export class AccessPoints implements OnModuleInit {
  constructor(
    private readonly points: SecurityPoints,
    private readonly accounts: AccountService,
    private readonly programs: Programs,
  ) {}

  onModuleInit(): void {
    this.points.add((who) => this.staff(who));
    this.points.add((who) => this.keys(who));
  }

  private async staff(who: Principal): Promise<SecurityPoint[]> {
    if (!can(who, 'staff:read')) return [];
    const staff = await this.accounts.staff(who);
    const alone = staff.filter(({ state, secondFactor }) => state === 'active' && !secondFactor);
    const waiting = staff.filter(({ asksPassword, recovery }) => asksPassword !== null || recovery !== null);
    return [
      { text: 'admin:security.point.password-alone', count: alone.length, href: '/admin/people' },
      {
        text: 'admin:security.point.waiting',
        count: can(who, 'staff:manage') ? waiting.length : 0,
        href: '/admin/people',
      },
    ];
  }

  private async keys(who: Principal): Promise<SecurityPoint[]> {
    if (!can(who, 'keys:manage')) return [];
    const ending = (await this.programs.list(who)).flatMap(({ keys }) => keys).filter(({ endsSoon }) => endsSoon);
    return [{ text: 'admin:security.point.keys-ending', count: ending.length, href: '/admin/programs' }];
  }
}
