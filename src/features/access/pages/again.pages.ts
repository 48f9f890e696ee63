import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../platform/access/principal.js';
import { page, type Page } from '../../../platform/views/page.js';
import { homeOf } from '../roles/permissions.js';
import { ProofAgain } from '../sign-in/proof-again.service.js';
import { ProofWays } from '../sign-in/proof-ways.js';
import { layoutFor } from './account.view.js';
import { againView, type AgainAbout } from './again.view.js';
import type { CarriedForm } from './carried-form.js';

/** The page "Confirm it is you", for its own address and for whatever form is answered with it. */
@Injectable()
export class AgainPages {
  constructor(
    private readonly proof: ProofAgain,
    private readonly others: ProofWays,
  ) {}

  async ask(
    who: Principal,
    about: AgainAbout,
    status: number,
    said: Parameters<typeof againView>[3] = {},
  ): Promise<Page> {
    const next = about.next ?? homeOf(who.permissions);
    const [ways, others] = await Promise.all([this.proof.ways(who), this.others.of(who.id, next)]);
    return page('access/again', againView(ways, others, about, said), {
      layout: layoutFor(who),
      title: 'access:again.title',
      scripts: ways.passkey ? ['access/passkeys.js'] : [],
      status,
    });
  }

  /** The form that waited, ready to be sent again with one press. */
  resend(who: Principal, form: CarriedForm): Page {
    return page('access/resend', { ...form }, { layout: layoutFor(who), title: 'access:again.done' });
  }
}
