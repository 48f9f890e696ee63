/** `video@1`: rooms for sessions. The platform owns the waiting room; a provider only ever hears of people who were admitted. */

/** What every provider call carries. */
export interface CallContext {
  /** Aborts at the deadline. */
  readonly signal: AbortSignal;
  readonly requestId: string;
}

export interface RoomRequest {
  /** Opaque and random (at least 128 bit); the only name the provider learns for a session. */
  readonly room: string;
  /** How many people may be in it at once. */
  readonly capacity: number;
  /** ISO 8601 instant after which nobody may join. */
  readonly closesAt: string;
}

export interface RoomRef {
  readonly room: string;
}

export interface ParticipantRequest {
  /** Opaque reference the provider reports presence with; the same person keeps it over reconnects and reloads. */
  readonly participant: string;
  /** `host` may end the meeting for all. */
  readonly role: 'host' | 'guest';
  /** What others see, already discreet. */
  readonly displayName: string;
}

/** Lets one person into one room for minutes, once. */
export interface JoinTicket {
  readonly room: string;
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** How a page shows the meeting. */
export interface EmbedDescriptor {
  /** Asset of the plugin, relative to its `assets/`: an ES module exporting `mount(element, config, hooks)`. */
  readonly module: string;
  /** Optional stylesheet in `assets/`. */
  readonly stylesheet?: string;
  /** Plain data handed to `mount`. Contains the ticket's token; never rendered into a URL. */
  readonly config: Readonly<Record<string, unknown>>;
}

export interface VideoFeatures {
  readonly maxParticipants: number;
  readonly screenShare: boolean;
  readonly chat: boolean;
}

export interface VideoProvider {
  readonly features: VideoFeatures;
  openRoom(ctx: CallContext, room: RoomRequest): Promise<RoomRef>;
  admit(ctx: CallContext, room: RoomRef, participant: ParticipantRequest): Promise<JoinTicket>;
  /** Everybody is put out, all unused tickets die; idempotent. */
  closeRoom(ctx: CallContext, room: RoomRef): Promise<void>;
  /** Puts one person out and kills their tickets; idempotent. */
  remove(ctx: CallContext, room: RoomRef, participant: string): Promise<void>;
  embed(ticket: JoinTicket): EmbedDescriptor;
}
