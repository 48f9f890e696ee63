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

/** A notice above the content of some pages: from memory only, for it is asked for on each of them. */
export interface FrameBanner {
  /** Nav entries (`PageOptions.current`) on whose pages it may stand. */
  readonly pages: readonly string[];
  /** Undefined leaves it out. */
  readonly part: (who: Principal) => FramePart | undefined;
}

/** Features add their entries to the frame in onModuleInit; platform knows none of them. */
@Injectable()
export class Frame {
  private readonly items: NavItem[] = [];
  private readonly banners: FrameBanner[] = [];
  private readonly parts: ((who: Principal) => Promise<FramePart | undefined>)[] = [];

  addNav(...items: NavItem[]): void {
    this.items.push(...items);
    this.items.sort((a, b) => a.order - b.order);
  }

  addTopbar(part: (who: Principal) => Promise<FramePart | undefined>): void {
    this.parts.push(part);
  }

  addBanner(banner: FrameBanner): void {
    this.banners.push(banner);
  }

  bannersFor(who: Principal, current: string | undefined): FramePart[] {
    const here = this.banners.filter(({ pages }) => current !== undefined && pages.includes(current));
    return here.map(({ part }) => part(who)).filter((part) => part !== undefined);
  }

  navFor(who: Principal, layout: 'staff' | 'portal'): NavItem[] {
    return this.items.filter((item) => item.layout === layout && item.anyOf.some((key) => who.permissions.has(key)));
  }

  async topbarFor(who: Principal): Promise<FramePart[]> {
    const parts = await Promise.all(this.parts.map((part) => part(who)));
    return parts.filter((part) => part !== undefined);
  }
}
