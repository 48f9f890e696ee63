import { Injectable } from '@nestjs/common';
import type { Principal } from '../access/principal.js';

export interface NavItem {
  readonly id: string;
  /** i18n key. */
  readonly label: string;
  readonly href: string;
  /** Tabler icon name. */
  readonly icon: string;
  /** Order in the rail, by tens. */
  readonly order: number;
  /** Any of these shows it. */
  readonly anyOf: readonly string[];
  readonly layout: 'staff' | 'portal';
}

/** A live part of the frame (the waiting pill): a template with its model, asked for on every full page. */
export interface FramePart {
  readonly template: string;
  readonly model: object;
}

/** Features add their entries to the frame in onModuleInit; platform knows none of them. */
@Injectable()
export class Frame {
  private readonly items: NavItem[] = [];
  private readonly parts: ((who: Principal) => Promise<FramePart | undefined>)[] = [];

  addNav(...items: NavItem[]): void {
    this.items.push(...items);
    this.items.sort((a, b) => a.order - b.order);
  }

  addTopbar(part: (who: Principal) => Promise<FramePart | undefined>): void {
    this.parts.push(part);
  }

  navFor(who: Principal, layout: 'staff' | 'portal'): NavItem[] {
    return this.items.filter((item) => item.layout === layout && item.anyOf.some((key) => who.permissions.has(key)));
  }

  async topbarFor(who: Principal): Promise<FramePart[]> {
    const parts = await Promise.all(this.parts.map((part) => part(who)));
    return parts.filter((part) => part !== undefined);
  }
}
