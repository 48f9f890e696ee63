import { lookup } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';

/** Names to addresses, as the machine resolves them (hosts file included). A class, so that tests can answer for the network. */
@Injectable()
export class Resolver {
  /** All addresses of a name, in the resolver's order. Rejects when there are none. */
  async addresses(host: string): Promise<readonly string[]> {
    const found = await lookup(host, { all: true, verbatim: true });
    return found.map(({ address }) => address);
  }
}
