/** What is thrown in a worker is thrown in the run as the same sort of thing. */
import { assert, assertEquals } from "@std/assert";
import { isMiss, miss } from "../../../../core/define/miss.ts";
import { describeThrown, revived } from "../../../../core/run/parallel/thrown.ts";

function through(error: unknown): unknown {
  return revived(describeThrown(error));
}

Deno.test("errors keep class, name, message, stack, code and causes", () => {
  const deep = Object.assign(new TypeError("deep"), { code: "EDEEP" });
  const error = new RangeError("far", { cause: new Error("between", { cause: deep }) });
  const found = through(error);
  assert(found instanceof RangeError);
  assertEquals([found.message, found.stack, found.name], ["far", error.stack, "RangeError"]);
  const cause = (found.cause as Error).cause as Error & { code: string };
  assert(cause instanceof TypeError);
  assertEquals([cause.message, cause.stack, cause.code], ["deep", deep.stack, "EDEEP"]);
});

Deno.test("the error of many keeps them all; one that holds itself ends", () => {
  const many = new AggregateError([new RangeError("one"), "two"], "all of them");
  const found = through(new Error("outer", { cause: many })) as { cause: AggregateError };
  assert(found.cause instanceof AggregateError);
  const [one, two] = found.cause.errors;
  assert(one instanceof RangeError);
  assertEquals([found.cause.message, one.message, two], ["all of them", "one", "two"]);
  many.errors.push(many, many);
  assertEquals((through(many) as AggregateError).errors.length, 4);
});

Deno.test("errors of Deno, of the platform, and of nobody knows what", () => {
  const refused = through(Object.assign(new Deno.errors.NotCapable("no"), { code: "ENO" }));
  assert(refused instanceof Deno.errors.NotCapable);
  const stopped = through(new DOMException("stop", "AbortError"));
  assert(stopped instanceof DOMException);
  assertEquals([stopped.name, stopped.message], ["AbortError", "stop"]);
  const own = through(Object.assign(new Error("mine"), { name: "Mine" })) as Error;
  assertEquals([own.constructor, String(own)], [Error, "Mine: mine"]);
});

Deno.test("a miss is a miss, and says of which file", () => {
  const found = through(new Error("outer", { cause: Object.assign(miss("gone"), { path: "a/b.json" }) }));
  const { cause } = found as { cause: Error & { path?: string } };
  assertEquals([isMiss(found), isMiss(cause), cause.message, cause.path], [false, true, "gone", "a/b.json"]);
});

Deno.test("what is no error comes through, or its text; causes in a circle end", () => {
  assertEquals(through("text"), "text");
  assertEquals(through({ a: new Map([[1, 2n]]) }), { a: new Map([[1, 2n]]) });
  assertEquals(through(undefined), undefined);
  assertEquals(through(Symbol("s")), "Symbol(s)");
  const error = new Error("round");
  error.cause = error;
  assert(through(error) instanceof Error);
});
