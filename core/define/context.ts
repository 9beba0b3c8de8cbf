/**
 * What a stage's `run` is given besides its state.
 *
 * @module
 */

/** The second argument of `run`. */
export interface StageContext {
  /**
   * A file for the stage to write, which is kept with its outputs.
   *
   * @param name Its name, `plot.png` or `plots/a.png`: below the stage's own folder.
   */
  readonly path: (name: string) => string;
  /**
   * A folder for the stage to write to, which is kept with its outputs.
   *
   * @param name Its name; the stage's own folder itself where it is left out.
   */
  readonly dir: (name?: string) => string;
  /** Writes a line to the run's log, under the names of the record and the stage. */
  readonly log: (message: string) => void;
  /** Fires when the stage should stop. */
  readonly signal: AbortSignal;
  /** Whose stage it is, for messages: nothing here enters a key. */
  readonly record: { readonly name: string; readonly index: number };
}
