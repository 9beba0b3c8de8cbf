/**
 * The table of edits: a project of several files, an edit, and the exact set of stages that must run after it.
 *
 * @module
 */
import { factories } from "./rows/factories.ts";
import { language } from "./rows/language.ts";
import { pipeline } from "./rows/pipeline.ts";
import { ages, drift, sources } from "./rows/sources.ts";
import { wide } from "./rows/wide.ts";
import { testTable } from "./table.ts";

testTable(language);
testTable(wide);
testTable(factories);
testTable(pipeline);
testTable(sources);
testTable(ages);
testTable(drift);
