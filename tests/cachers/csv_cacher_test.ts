import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { csvCacher, type CsvOptions } from "../../cachers/csv_cacher.ts";
import { at } from "../../core/define/at.ts";
import { tempDirSync } from "../helpers/temp_dir.ts";

async function saved(
  rows: Record<string, unknown>[],
): Promise<{ text: string; extra: Record<string, unknown> }> {
  const place = at(`${tempDirSync()}/a.csv`);
  await csvCacher().save(rows, place);
  return { text: Deno.readTextFileSync(place.path()), extra: place.extra };
}

async function loaded(
  text: string,
  options?: CsvOptions,
  extra: Record<string, unknown> = {},
): Promise<unknown> {
  const path = `${tempDirSync()}/a.csv`;
  Deno.writeTextFileSync(path, text);
  return await csvCacher(options).load({ ...at(path), extra });
}

Deno.test("the file is what a person expects, and the metadata has the types", async () => {
  assertEquals(
    await saved([{ name: "a, b", n: 1, when: new Date(0), tags: ["x"] }, { name: "", n: -0, tags: null }, {
      name: null,
      n: null,
    }]),
    {
      text: 'name,n,when,tags\r\n"a, b",1,1970-01-01T00:00:00.000Z,"[""x""]"\r\n(blank),-0,,null\r\n,,,\r\n',
      extra: {
        rows: 3,
        columns: [
          { name: "name", type: "string", null: "", blank: "(blank)" },
          { name: "n", type: "number", null: "" },
          { name: "when", type: "date", absent: "" },
          { name: "tags", type: "json", absent: "" },
        ],
      },
    },
  );
});

Deno.test("a marker is a text that no cell of its column has", async () => {
  const { extra } = await saved([{ a: "", b: 1 }, { a: null, b: 1 }, { b: 1 }, { a: "(absent)", b: 1 }, {
    a: "(absent 2)",
    b: 1,
  }]);
  assertEquals((extra.columns as unknown[])[0], {
    name: "a",
    type: "string",
    null: "",
    absent: "(absent 3)",
    blank: "(blank)",
  });
});

Deno.test("a table of one column has no empty line, which readers skip", async () => {
  assertEquals(
    (await saved([{ a: null }, { a: "x" }, {}, { a: "" }])).text,
    "a\r\n(null)\r\nx\r\n(absent)\r\n(blank)\r\n",
  );
});

Deno.test("the metadata does not grow with the rows", async () => {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ a: i, b: i % 2 ? null : "x", c: [i] }));
  const [few, many] = [await saved(rows(10)), await saved(rows(5000))];
  assertEquals(few.extra.columns, many.extra.columns);
});

Deno.test("each row's keys come back in the order in which the columns first appear", async () => {
  const place = at(`${tempDirSync()}/a.csv`);
  await csvCacher().save([{ b: 1, a: 2 }, { c: 3, a: 4, b: 5 }], place);
  assertEquals((await csvCacher().load(place)).map((row) => Object.keys(row)), [["b", "a"], ["b", "a", "c"]]);
});

Deno.test("a column __proto__ is a key of each row and gives none a prototype", async () => {
  for (const text of ["__proto__,a\nx,1\n", "a,__proto__\n1,x\n"]) {
    const [row] = await loaded(text) as Record<string, unknown>[];
    assertEquals(Object.getOwnPropertyDescriptor(row, "__proto__")?.value, "x");
    assertEquals(Object.getPrototypeOf(row), Object.prototype);
  }
});

Deno.test("without metadata each cell is text", async () => {
  assertEquals(await loaded('\ufeffa,b\n007,\n true ,"x\r\ny"\n'), [{ a: "007", b: "" }, {
    a: " true ",
    b: "x\ny",
  }]);
  assertEquals(await loaded(""), []);
  assertEquals(await loaded("a,b\n"), []);
});

Deno.test("without metadata the option says the types, and an empty cell of another type than text is null", async () => {
  assertEquals(
    await loaded(
      "n,b,d,i,s,u\n1.5,TRUE,2020-01-02,12345678901234567890,x,y\n,,,,,\n-0,false,2020-01-02T03:04:05Z,-1,,\n",
      {
        columns: { n: "number", b: "boolean", d: "date", i: "bigint", s: "string" },
      },
    ),
    [
      { n: 1.5, b: true, d: new Date("2020-01-02"), i: 12345678901234567890n, s: "x", u: "y" },
      { n: null, b: null, d: null, i: null, s: "", u: "" },
      { n: -0, b: false, d: new Date("2020-01-02T03:04:05Z"), i: -1n, s: "", u: "" },
    ],
  );
});

Deno.test("without metadata dates are read in all the ways of ISO 8601", async () => {
  const texts = [
    "2024",
    "2024-02",
    "2024-02-29",
    "2024-02-29T12:30Z",
    "2024-02-29 12:30:59.123456+01:00",
    "2024-01-31 09:05",
  ];
  const rows = await loaded(`d,e\n${texts.join(",\n")},\n`, { columns: { d: "date" } });
  assertEquals(rows, texts.map((text) => ({ d: new Date(text), e: "" })));
});

Deno.test("what the metadata says is believed rather than the option", async () => {
  const { text, extra } = await saved([{ a: "1", b: 2 }]);
  assertEquals(await loaded(text, { columns: { a: "number" } }, extra), [{ a: "1", b: 2 }]);
});

Deno.test("what the metadata calls null is null, a number or not", async () => {
  const columns = [{ name: "a", type: "number", null: "0" }, { name: "b", type: "number" }];
  assertEquals(await loaded("a,b\n0,0\n", {}, { rows: 1, columns }), [{ a: null, b: 0 }]);
});

const malformed: [string, CsvOptions, string][] = [
  ["n,b\n1,2\nNA,3\n", { columns: { n: "number" } }, '$[1].n is "NA", wanted a number'],
  ["n,b\n ,3\n", { columns: { n: "number" } }, '$[0].n is " ", wanted a number'],
  ["n,b\n1.5,3\n", { columns: { n: "bigint" } }, '$[0].n is "1.5", wanted a bigint'],
  ["n,b\nyes,3\n", { columns: { n: "boolean" } }, '$[0].n is "yes", wanted a boolean'],
  ["n,b\nsoon,3\n", { columns: { n: "date" } }, '$[0].n is "soon", wanted a date'],
  ["n,b\nrow 7,3\n", { columns: { n: "date" } }, '$[0].n is "row 7", wanted a date'],
  ["n,b\n2026-02-30,3\n", { columns: { n: "date" } }, '$[0].n is "2026-02-30", wanted a date'],
  ["n\r1\r2\r", {}, 'its header has a carriage return in "n\\r1\\r2"'],
  ["a,b\n1\n", {}, "its row 1 has 1 cells, wanted 2"],
  ["a,b\n1,2\n1,2,3\n", {}, "its row 2 has 3 cells, wanted 2"],
  ["a,b,a\n1,2,3\n", {}, 'its header names "a" twice'],
  ["a,b\n1,2\n", { columns: { c: "number" } }, 'its header "a", "b" lacks "c"'],
  ['a,b\n1,x"y\n', {}, "as CSV: "],
];
for (const [text, options, message] of malformed) {
  Deno.test(`malformed: ${JSON.stringify(text)} is an error that says ${message}`, async () => {
    await assertRejects(async () => await loaded(text, options), SyntaxError, message);
  });
}

const changed: [string, string][] = [
  ["a,b\r\n1,x\r\n", "it has 1 rows, wanted 2 as its metadata says"],
  ["a,c\r\n1,x\r\n2,y\r\n", 'its header is "a", "c", wanted "a", "b" as its metadata says'],
  ["", "its header is empty, wanted"],
  ["a,b\r\n1,x\r\ntwo,y\r\n", '$[1].a is "two", wanted a number'],
];
for (const [text, message] of changed) {
  Deno.test(`a file that is not as its metadata says is an error: ${message}`, async () => {
    const { extra } = await saved([{ a: 1, b: "x" }, { a: 2, b: "y" }]);
    await assertRejects(async () => await loaded(text, {}, extra), SyntaxError, message);
  });
}

Deno.test("a type that is none is refused where it is given", () => {
  assertThrows(
    () => csvCacher({ columns: { a: "float" as never } }),
    TypeError,
    '"float" as the type of column "a"',
  );
});
