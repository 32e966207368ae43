/** What a rule set is. */

/** Volatile rules (see `parseVolatileRule`) that belong together, by whose traces they take out. */
export interface RuleSet {
  readonly name: string;
  /** One sentence for people. */
  readonly about: string;
  readonly rules: readonly string[];
}
