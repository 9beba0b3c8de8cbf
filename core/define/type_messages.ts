/**
 * Type errors in words.
 *
 * @module
 */

/** A type that nothing suits: the compiler shows its message where something was wrong. */
export interface TypeMessage<Message extends string> {
  readonly "~error": Message;
}

/** An error where `run` reads a name that the list leaves out. */
export type Listed<Names extends readonly string[], Read extends string, List extends string> =
  [Exclude<Read, Names[number]>] extends [never] ? unknown
    : TypeMessage<`run reads "${Exclude<Read, Names[number]>}" but ${List} does not list it`>;
