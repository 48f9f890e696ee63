/** The permissions that exist. Implemented by the access feature; the boot checks every route's policy against it. */
export abstract class PermissionCatalog {
  abstract known(): ReadonlySet<string>;
}
