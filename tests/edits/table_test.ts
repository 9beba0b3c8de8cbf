/**
 * The table of edits: a project of several files, an edit, and the exact set of stages that must run after it.
 *
 * @module
 */
import { cachers } from "./rows/cachers.ts";
import { described, twins } from "./rows/described.ts";
import { factories } from "./rows/factories.ts";
import { javascript } from "./rows/javascript.ts";
import { language } from "./rows/language.ts";
import { aliases, layout } from "./rows/layout.ts";
import { outside, paths } from "./rows/outside.ts";
import { pipeline } from "./rows/pipeline.ts";
import { scripts } from "./rows/scripts.ts";
import { ages, drift, sources } from "./rows/sources.ts";
import { wide } from "./rows/wide.ts";
import { testTable } from "./table.ts";

testTable(pipeline);
testTable(language);
testTable(wide);
testTable(outside);
testTable(paths);
testTable(factories);
testTable(described);
testTable(twins);
testTable(cachers);
testTable(javascript);
testTable(layout);
testTable(aliases);
testTable(sources);
testTable(ages);
testTable(drift);
for (const table of scripts) testTable(table);
