/** What the composition root decides about entering. */
export interface AccessOptions {
  /**
   * `required`: staff without a second factor set one up before they see anything, and nobody turns theirs off. `offered` is for the demo
   * practice, whose accounts are printed on the screen, and for tests.
   */
  readonly staffSecondFactor: 'required' | 'offered';
}

export const ACCESS_OPTIONS = Symbol('alcove.access-options');
