/**
 * Host services: what a plugin may ask of the server. Each is an abstract class, so that it is its own injection token:
 * `constructor(private readonly log: Log) {}`. All arguments and results are plain data.
 */

/** Facts about the plugin itself. Always there. */
export abstract class PluginModuleContext {
  abstract readonly id: string;
  abstract readonly version: string;
  /** Where the plugin's own routes and sockets live, e.g. `/p/video-direct`. */
  abstract readonly path: string;
}

/** Structured log lines, marked with the plugin's id. `facts` are references and counts: no names, no text, no secrets. Always there. */
export abstract class Log {
  abstract debug(message: string, facts?: LogFacts): void;
  abstract info(message: string, facts?: LogFacts): void;
  abstract warn(message: string, facts?: LogFacts): void;
  /** `error` gives its stack to the log; its message must carry no PHI. */
  abstract error(message: string, error?: unknown, facts?: LogFacts): void;
}
export type LogFacts = Readonly<Record<string, string | number | boolean | null>>;

/** The one source of "now", so that tests can hold it still. Always there. */
export abstract class Clock {
  abstract now(): Date;
}

/** Values of the settings the plugin declared: environment first, then what an administrator saved, then the default. Always there. */
export abstract class Settings {
  /** Throws when `key` was not declared. `undefined` when nothing is set and there is no default. */
  abstract text(key: string): Promise<string | undefined>;
  abstract number(key: string): Promise<number | undefined>;
  abstract flag(key: string): Promise<boolean>;
}

/**
 * Ephemeral messages between the server processes of one practice: at most once, to whoever listens now, in order per process. Topics are
 * private to the plugin; `data` is text values, up to 1 MB in all. Durable facts belong into `Events`. Always there.
 */
export abstract class Live {
  abstract publish(topic: string, data: Readonly<Record<string, string>>): Promise<void>;
  /** Calls `listener` for every message of `topic`, those of this process included. Returns the way to stop. */
  abstract subscribe(topic: string, listener: (data: Readonly<Record<string, string>>) => void): () => void;
}

/** Durable events. Received through `on` in the definition; sent here as `<plugin id>.<verb>`. Payloads are references, never PHI. Always there. */
export abstract class Events {
  /** `key` orders events of one aggregate. Resolves when the event is stored; it is delivered at least once. */
  abstract publish(verb: string, key: string, payload: Readonly<Record<string, string>>): Promise<void>;
}

export interface PluginEvent {
  /** The same over all deliveries of one event: use it to drop repeats. */
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly payload: Readonly<Record<string, string>>;
}

/** The practice's audit. Entries are written as the plugin's own acts. References and counts only. Always there. */
export abstract class Audit {
  /** `verb` becomes `<plugin id>.<verb>`. Resolves when the row is durable. */
  abstract record(verb: string, entry?: AuditNote): Promise<void>;
}
export interface AuditNote {
  /** `kind:reference`. */
  readonly object?: string;
  readonly outcome?: 'ok' | 'refused' | 'failed';
  readonly reason?: string;
  readonly facts?: LogFacts;
}

/** Addresses of the plugin's own things, relative to the server's origin. Always there. */
export abstract class Links {
  /** Page of one of the plugin's panels. */
  abstract panel(name: string): string;
  /** A route of the plugin: `route('/rooms')` is `/p/<id>/rooms`. */
  abstract route(path: string): string;
  /** A file in the plugin's `assets/`, with its digest in the path. */
  abstract asset(file: string): string;
}

/** Sessions, as far as a video provider hears of them. Needs `encounters:presence` in the manifest. */
export abstract class Encounters {
  /**
   * Reports that a participant is in a room. Measured minutes come from these reports: send `joined` once, `alive` every 15 s and
   * `left` at the end; silence for 45 s counts as gone.
   */
  abstract presence(report: PresenceReport): Promise<void>;
}
export interface PresenceReport {
  /** As given to `openRoom`. */
  readonly room: string;
  /** As given to `admit`. */
  readonly participant: string;
  readonly state: 'joined' | 'alive' | 'left';
  /** Opaque reference of the browser page, so that a reload can be told from a second page. */
  readonly page: string;
}
