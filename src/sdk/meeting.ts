/**
 * What the ES module named by `EmbedDescriptor.module` exports: `mount(element, config, hooks)`. Plain JavaScript in the browser; these
 * types say what both sides may count on.
 */
export interface MeetingModule {
  /** Draws the meeting (media, own picture, bottom bar) inside `element`, an empty `HTMLElement` of the room page. */
  mount(element: object, config: Readonly<Record<string, unknown>>, hooks: MeetingHooks): MountedMeeting;
}

/** What the room page gives the meeting. */
export interface MeetingHooks {
  /** A new ticket as an embed config, for every reconnect. Rejects when the person may not come back. */
  freshTicket(): Promise<Readonly<Record<string, unknown>>>;
  /** Called at every change; the page shows it in words and as a light. */
  state(state: MeetingState): void;
  /** The person pressed the meeting's own way out, or was put out (`reason`). */
  leave(reason?: 'replaced' | 'removed' | 'ended'): void;
  /** Text for everything the meeting shows. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface MeetingState {
  readonly connection: 'connecting' | 'waiting' | 'connected' | 'reconnecting' | 'failed' | 'closed';
  readonly quality?: 'good' | 'fair' | 'poor';
}

export interface MountedMeeting {
  /** Stops media and sockets and empties the element; idempotent. */
  destroy(): void;
  toggleMicrophone(): void;
  toggleCamera(): void;
}
