/**
 * The static half of a plugin: the `alcove` object of its package.json. `manifest.schema.json` in this package is the same thing as
 * JSON Schema; unknown keys are rejected. The kernel trusts the manifest, and stops a plugin whose code says something else.
 */
export interface PluginManifest {
  /** Folder, schema, role, route, asset and locale prefix: lower case letters, digits and single hyphens, 2 to 40 characters. */
  readonly id: string;
  /** What the admin page calls it. */
  readonly title: string;
  /** Capability slots with their contract version. */
  readonly provides?: readonly CapabilityName[];
  /** Host services that are not given to everybody. What is not asked for is not there to inject. */
  readonly needs?: readonly HostNeed[];
  /** Permissions of the plugin's own, each beginning with its id and a colon. */
  readonly permissions?: readonly PluginPermission[];
  /** Kinds of data the plugin keeps in its own schema, for the person who enables it. */
  readonly stores?: readonly string[];
  /** Where the plugin sends data, and why. */
  readonly egress?: readonly EgressGrant[];
  /** WebSocket paths, the same as in the code. */
  readonly sockets?: readonly string[];
  readonly ui?: {
    /** Names of panels at `/admin/plugins/<id>/<panel>`. */
    readonly panels?: readonly string[];
    /** Page slots the plugin draws into. */
    readonly slots?: readonly string[];
  };
  /** True when the practice cannot work without it; the health page then counts it. */
  readonly critical?: boolean;
}

/** Capability slots of this SDK. */
export type CapabilityName = 'video@1';

/** Host services that must be asked for by name. */
export type HostNeed = 'encounters:presence';

export interface PluginPermission {
  readonly key: string;
  /** Key in the plugin's own locale file. */
  readonly label: string;
}

export interface EgressGrant {
  /** Host name; `*.` in front stands for any one label. */
  readonly host: string;
  readonly purpose: string;
  /** Kinds of data that go there. */
  readonly data: readonly string[];
  readonly phi: boolean;
  readonly basis?: string;
}
