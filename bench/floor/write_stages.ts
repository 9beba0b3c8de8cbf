/**
 * What Cairn does for a stage on its first run, call by call, and nothing that decides any of it: no graph, no plan, no
 * promises. It tells how much of a run is the price of the promises that a cache keeps, and how much is the runner.
 * Arguments: an empty folder, how many stages.
 *
 * @module
 */
import { hash } from "node:crypto";
import { existsSync } from "node:fs";

const [dir = "", count = "0"] = Deno.args;
for (const folder of ["staging", "locks", "content"]) Deno.mkdirSync(`${dir}/${folder}`, { recursive: true });
const digest = (text: string) => hash("sha256", text, "hex");
Deno.writeTextFileSync(`${dir}/own.lock`, "");
const encoder = new TextEncoder();
const log = Deno.openSync(`${dir}/log`, { create: true, append: true });
const shards = Array.from(
  { length: 256 },
  (_, i) => Deno.openSync(`${dir}/content/${i}`, { create: true, append: true }),
);
const other = { a: "x".repeat(900), b: { c: "x".repeat(600), d: ["x".repeat(100), "x".repeat(100)] } };
const texts: string[] = [];
for (let i = 0; i < Number(count); i++) {
  const recipe = digest(`recipe ${i}${texts.at(-1)}`);
  const content = digest(`content ${i}${texts.at(-1)}`);
  const [file, metadata] = [`${dir}/${i}_value.json`, `${dir}/${i}_metadata.json`];
  existsSync(metadata); // what is there: before the plan, and again under the lock
  Deno.linkSync(`${dir}/own.lock`, `${dir}/locks/${recipe.slice(0, 32)}`);
  existsSync(metadata);
  log.writeSync(encoder.encode(`${new Date().toISOString()} ${i}: started\n`));
  const value = encoder.encode(
    `${JSON.stringify({ i, values: [i, 1, 2, 3], label: `a${i}bcde` }, null, 2)}\n`,
  );
  const sum = hash("sha256", value, "hex");
  Deno.writeFileSync(`${dir}/staging/${i}_value.json`, value);
  const { size, mtime } = Deno.lstatSync(`${dir}/staging/${i}_value.json`);
  const files = [{ path: ".json", size, modified: mtime!.getTime(), sha256: sum }];
  const body = JSON.stringify(
    {
      i,
      recipe,
      content,
      execution: crypto.randomUUID(),
      files,
      digest: digest(sum),
      ...other,
      ancestors: {},
    },
    null,
    2,
  );
  shards[parseInt(content.slice(0, 2), 16)]!.writeSync(
    encoder.encode(`\n["${content}","${recipe}",{"v":""}]\n`),
  );
  for (const path of [file, metadata, `${metadata}.pending`]) existsSync(path); // what it would replace
  Deno.writeTextFileSync(
    `${dir}/staging/${i}_metadata.json`,
    `${body.slice(0, -2)},"seal":"${digest(body)}"\n}\n`,
  );
  Deno.renameSync(`${dir}/staging/${i}_value.json`, file);
  Deno.renameSync(`${dir}/staging/${i}_metadata.json`, metadata);
  Deno.removeSync(`${dir}/locks/${recipe.slice(0, 32)}`);
  texts.push(content);
}
for (const open of [log, ...shards]) open.close();
