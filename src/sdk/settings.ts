/** One value an administrator can set. The form, its validation and its storage follow from this declaration. */
export interface SettingDefinition {
  /** Lower case letters, digits and hyphens. */
  readonly key: string;
  /** `secret` is write-only: stored encrypted, never shown again. */
  readonly kind: 'text' | 'number' | 'flag' | 'choice' | 'secret';
  /** Keys in the plugin's own locale file. */
  readonly label: string;
  readonly hint?: string;
  readonly default?: string | number | boolean;
  /** Environment variable that overrides what is saved; `<NAME>_FILE` is read too. */
  readonly env?: string;
  readonly required?: boolean;
  /** For `choice`: value to locale key. */
  readonly options?: Readonly<Record<string, string>>;
  /** For `text`: a regular expression the whole value must match. */
  readonly pattern?: string;
  /** For `number`, inclusive. */
  readonly min?: number;
  readonly max?: number;
}
